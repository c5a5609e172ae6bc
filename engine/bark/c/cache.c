/* The cache in 8 bits: see cache.h. */

#include "cache.h"

int64_t bark_head_bytes(int64_t capacity, int64_t width) {
    return round_up(capacity * (key_bytes(width) + value_room(width) + 8), 64);
}

Head head_in(uint8_t *memory, int64_t capacity, int64_t width) {
    uint8_t *values = memory + capacity * key_bytes(width);
    Head head = {memory, (int8_t *)values, (float *)(values + capacity * value_room(width)), capacity};
    return head;
}

Head head_at(const Cache *cache, int64_t layer, int64_t row, int64_t heads, int64_t head,
             int64_t width) {
    int64_t index = (layer * cache->rows + row) * heads + head;
    return head_in(cache->keys + index * bark_head_bytes(cache->capacity, width), cache->capacity,
                   width);
}

void keep(Head head, int64_t t, const float *k, const float *v, int64_t width) {
    float key_scale = largest(k, width) / 127.0f, value_scale = largest(v, width) / 127.0f;
    Floats key_rate = f_all(1.0f / key_scale), value_rate = f_all(1.0f / value_scale);
    uint8_t *key = head.keys + t * key_bytes(width);
    int8_t *value = head.values + t / 4 * 4 * value_room(width);
    head.scales[t] = key_scale;
    head.scales[head.capacity + t] = value_scale;
    for (int64_t i = 0; i < width; i += 16) {
        i_store_bytes(key + i, whole_bytes(f_load_first(k + i, width - i), key_rate));
        i_store_fourths(value + i * 4, whole(f_load_first(v + i, width - i), value_rate), (int)(t % 4));
    }
}

void bark_move(const Cache *cache, int64_t layers, int64_t heads, int64_t width, int64_t source,
               int64_t target, int64_t length) {
    int64_t whole_fours = round_up(length, 4);
    for (int64_t layer = 0; layer < layers; layer++)
        for (int64_t h = 0; h < heads; h++) {
            Head from = head_at(cache, layer, source, heads, h, width);
            Head to = head_at(cache, layer, target, heads, h, width);
            memcpy(to.keys, from.keys, length * key_bytes(width));
            memcpy(to.values, from.values, whole_fours * value_room(width));
            memcpy(to.scales, from.scales, length * 4);
            memcpy(to.scales + to.capacity, from.scales + from.capacity, length * 4);
        }
}

void bark_look(const Cache *cache, int64_t layer, int64_t row, int64_t heads, int64_t head,
               int64_t width, int64_t length, float *keys, float *values, float *scales) {
    Head at = head_at(cache, layer, row, heads, head, width);
    for (int64_t t = 0; t < length; t++) {
        for (int64_t i = 0; i < width; i++) {
            keys[t * width + i] = (int8_t)(at.keys[t * key_bytes(width) + i] - OFFSET);
            values[t * width + i] = at.values[t / 4 * 4 * value_room(width) + 4 * i + t % 4];
        }
        scales[t] = at.scales[t];
        scales[length + t] = at.scales[at.capacity + t];
    }
}
