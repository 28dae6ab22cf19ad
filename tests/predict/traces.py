"""Operations as a pass would have seen them, in one line each."""

from compat.predict.model import Asked, OpSeen, Seen, TensorSeen

MAC = Asked(kind="mps", torch="2.13.0", macos="15.2", chip="M3")


def tensor(dtype, *shape):
    return TensorSeen(dtype=dtype, shape=shape)


def op(name, inputs=(), outputs=(), place="diffusers/models/x.py:7", phase="denoise", **details):
    return OpSeen(
        op=f"aten::{name}", inputs=tuple(inputs), outputs=tuple(outputs), place=place, phase=phase,
        details=details,
    )  # fmt: skip


def seen(*ops, size="tiny", **others):
    return Seen(size=size, ops=ops, calls=len(ops), **others)


def attention(tokens, width=128, dtype="BF16", heads=12):
    whole = tensor(dtype, 1, heads, tokens, width)
    return op("scaled_dot_product_attention", [whole] * 3, [whole])
