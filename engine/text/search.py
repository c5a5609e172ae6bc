"""How logits become tokens: greedy and sampling inside a compiled block.

A new temperature, top-k, top-p, penalty, seed or end token is data for the compiled functions and
never a reason to compile again. All functions also run eagerly, with the same tokens.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from engine.text.decoder import NEVER, Context, Decoder, Tensor

BLOCK = 32  # most tokens of one compiled call
NOTHING = -1  # the token of a row that has ended


class Draft(NamedTuple):
    """Texts being written.

    seen: bool [B, vocabulary], the tokens of prompt and text. done: bool [B]. drawn: int32 (),
    tokens written so far.
    """

    context: Context
    seen: Tensor
    done: Tensor
    drawn: Tensor


class Choice(NamedTuple):
    """What the search is told, all of it data. temperature, top_k, top_p, penalty: scalars.

    keys: uint32 [B, 2], a row's random stream. ends: int32 [E], the end tokens.
    """

    temperature: Tensor
    top_k: Tensor
    top_p: Tensor
    penalty: Tensor
    keys: Tensor
    ends: Tensor


def write_block(
    decoder: Decoder, sampled: bool, draft: Draft, choice: Choice, steps: Tensor
) -> tuple[Draft, Tensor, Tensor]:
    """Write up to `steps` (≤ BLOCK) tokens; ends early when every row is done.

    Returns the new Draft, tokens int32 [BLOCK, B], NOTHING where a row had ended, and their
    log-probabilities float32 [BLOCK, B] under the model, before temperature and penalty.
    """
    batch = draft.done.shape[0]
    lines = tf.range(BLOCK)[:, None]

    def unfinished(step: Tensor, draft: Draft, *_: Tensor) -> Tensor:
        return (step < steps) & ~tf.reduce_all(draft.done)

    def write_token(
        step: Tensor, draft: Draft, tokens: Tensor, gains: Tensor
    ) -> tuple[Tensor, Draft, Tensor, Tensor]:
        logits = draft.context.logits
        weighted = penalise(logits, draft.seen, choice.penalty)
        likeliest = tf.argmax(weighted, axis=-1, output_type=tf.int32)
        token = sample(weighted, likeliest, choice, draft.drawn) if sampled else likeliest
        gained = tf.gather(logits, token, axis=-1, batch_dims=1) - tf.reduce_logsumexp(logits, -1)
        vocabulary = tf.range(logits.shape[-1])
        return (
            step + 1,
            Draft(
                context=decoder.read(token[:, None], draft.context),
                seen=draft.seen | (vocabulary == token[:, None]),
                done=draft.done | tf.reduce_any(token[:, None] == choice.ends, axis=-1),
                drawn=draft.drawn + 1,
            ),
            tf.where(lines == step, tf.where(draft.done, NOTHING, token), tokens),
            tf.where(lines == step, gained, gains),
        )

    start = (tf.constant(0), draft, tf.fill((BLOCK, batch), NOTHING), tf.zeros((BLOCK, batch)))
    _, draft, tokens, gains = tf.while_loop(unfinished, write_token, start)
    return draft, tokens, gains


# ── sampling ──────────────────────────────────────────────────────────────────────────────────


def penalise(logits: Tensor, seen: Tensor, penalty: Tensor) -> Tensor:
    """Make tokens that were seen less likely, by a factor on their logits; 1 changes nothing."""
    return tf.where(seen, tf.where(logits > 0, logits / penalty, logits * penalty), logits)


def sample(logits: Tensor, likeliest: Tensor, choice: Choice, drawn: Tensor) -> Tensor:
    """Draw a token int32 [B] from logits [B, V]; temperature 0 takes the likeliest.

    Temperature, then top-k, then top-p, in transformers' order.
    """
    vocabulary = logits.shape[-1]
    logits = logits / tf.where(choice.temperature > 0, choice.temperature, 1.0)
    order = rank(logits)
    k = tf.where(choice.top_k > 0, choice.top_k, vocabulary)
    kept = order >= threshold(order, tf.ones_like(order), k)
    # Probabilities as whole numbers: their sums do not depend on the order of addition, and XLA
    # adds them four times faster than floats.
    share = tf.cast(tf.nn.softmax(tf.where(kept, logits, NEVER)) * 2.0**30, tf.int32)
    whole = tf.cast(tf.reduce_sum(share, axis=-1, keepdims=True), tf.float32)
    kept &= order >= threshold(order, share, tf.cast(whole * choice.top_p, tf.int32))
    drawn_token = tf.argmax(
        tf.where(kept, logits + gumbel(choice.keys, drawn, vocabulary), NEVER),
        axis=-1,
        output_type=tf.int32,
    )
    return tf.where(choice.temperature > 0, drawn_token, likeliest)


def rank(x: Tensor) -> Tensor:
    """float32 → int32 of the same order."""
    bits = tf.bitcast(x, tf.int32)
    sign = tf.bitwise.right_shift(bits, 31)
    return tf.bitwise.bitwise_xor(bits, tf.bitwise.bitwise_and(sign, 0x7FFFFFFF))


def threshold(order: Tensor, share: Tensor, target: Tensor) -> Tensor:
    """The highest rank int32 [B, 1] such that tokens from there on up share the target.

    order, share: int32 [B, V]. Halving the range 32 times replaces sorting the vocabulary (1 ms
    against 9 ms for 50,000 tokens) and makes k and p data.
    """
    low = tf.fill((order.shape[0], 1), tf.int32.min)
    high = tf.fill((order.shape[0], 1), tf.int32.max)

    def halve(step: Tensor, low: Tensor, high: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        # The mean of two numbers whose sum may overflow.
        middle = tf.bitwise.bitwise_and(low, high)
        middle += tf.bitwise.right_shift(tf.bitwise.bitwise_xor(low, high), 1)
        above = tf.reduce_sum(tf.where(order >= middle, share, 0), axis=-1, keepdims=True)
        enough = above >= target
        return step + 1, tf.where(enough, middle, low), tf.where(enough, high, middle)

    start = (tf.constant(0), low, high)
    return tf.while_loop(lambda step, *_: step < 32, halve, start)[1]


def gumbel(keys: Tensor, drawn: Tensor, vocabulary: int) -> Tensor:
    """Noise [B, V] that turns argmax into sampling. A hash of key, step and token.

    TensorFlow's stateless generators give other numbers under XLA than eagerly; these are equal.
    """
    step = tf.cast(drawn, tf.uint32)
    bits = tf.cast(tf.range(vocabulary), tf.uint32) ^ scramble(keys[:, :1] + step)
    bits = scramble(scramble(bits) + keys[:, 1:])
    bits = tf.cast(tf.bitwise.right_shift(bits, tf.constant(9, tf.uint32)), tf.int32)
    uniform = (tf.cast(bits, tf.float32) + 0.5) * 2.0**-23  # exact, and never 0 or 1
    return -tf.math.log(-tf.math.log(uniform))


def scramble(x: Tensor) -> Tensor:
    """A bijection of uint32 in which every bit of x changes every bit of the result."""
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        x ^= tf.bitwise.right_shift(x, tf.constant(shift, tf.uint32))
        x *= tf.constant(factor, tf.uint32)
    return x ^ tf.bitwise.right_shift(x, tf.constant(16, tf.uint32))
