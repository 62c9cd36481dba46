"""Relative errors between two records of one trajectory."""


def relative(expected: float, found: float, floor: float = 1e-5) -> float:
    return abs(expected - found) / max(abs(expected), floor)


def norms(expected: dict, found: dict, rename: dict) -> float:
    """Largest relative error of the L2 norms of the tensors that both have."""
    found = {rename.get(name, name): value for name, value in found.items()}
    names = expected.keys() & found.keys()
    return max((relative(expected[name]["l2"], found[name]["l2"]) for name in names), default=0.0)


def compare(expected: dict, found: dict, rename: dict = {}) -> "dict[str, float]":
    """Largest relative errors by part; `rename` maps names in `found` to names in `expected`."""
    first, last = expected["steps"][0], expected["steps"][-1]
    groups = ("query_params", "key_params", "bn_running")
    assert expected["queue_labels"] == found["queue_labels"] and expected["queue_ptr"] == found["queue_ptr"]
    return {
        "losses": max(relative(a["loss"], b["loss"]) for a, b in zip(expected["steps"], found["steps"])),
        "first_gradients": norms(first["grads"], found["steps"][0]["grads"], rename),
        "last_gradients": norms(last["grads"], found["steps"][-1]["grads"], rename),
        "state": max(
            *(norms(expected[group], found[group], rename) for group in groups),
            relative(expected["queue"]["l2"], found["queue"]["l2"]),
        ),
        "features": max(relative(a[-1], b[-1]) for a, b in zip(expected["eval_features"], found["eval_features"])),
    }
