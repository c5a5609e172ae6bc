from engine.bark.config import BarkConfig
from engine.bench.work import fine_operations, semantic_bytes

SMALL = BarkConfig()  # the dimensions of bark-small


def test_weights_that_are_read() -> None:
    layers = 12 * 12 * 768**2  # 84.9 million
    head = 10_001 * 768
    assert semantic_bytes(SMALL, "float32", 1) == 4 * (layers + head)
    assert semantic_bytes(SMALL, "int8", 64) == 64 * (layers + head)


def test_operations_of_the_fine_stage() -> None:
    """1.05 TOP in products and 0.23 in attention, whatever the length, up to a window."""
    padded = fine_operations(SMALL, 96, unpadded=False)
    assert padded == fine_operations(SMALL, 1024, unpadded=False)
    assert 1.05e12 < padded - 6 * 4 * 1024**2 * 768 * 12 < 1.06e12
    assert 0.2e12 < 6 * 4 * 1024**2 * 768 * 12 < 0.24e12
    assert fine_operations(SMALL, 96, unpadded=True) < padded / 10
    assert fine_operations(SMALL, 1025, unpadded=False) == 2 * padded
