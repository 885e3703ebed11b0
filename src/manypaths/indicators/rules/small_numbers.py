"""Which figures may be shown so that nobody can work out a small one. `docs/measures/small-numbers.md` in code.

A figure is kept back when it counts 1 to 10, or counts fewer than 11 people. Others are shown from coarse to fine, each
only when every figure kept back could still be 11 or more. That it could is proved by writing out one whole other set
of figures in which it is, and by adding that set up: the solver that finds it is not trusted.
"""

from collections.abc import Iterable, Mapping, Sequence

import highspy
import numpy as np

from manypaths.indicators.rules.figures import Figures, Key, Witness


def figures_to_show(figures: Figures) -> frozenset[Key]:
    """The figures that may be shown, from coarse to fine.

    No figure outside the answer can be worked out from it, and no small one can be shown to lie between 1 and 10.
    """
    search = _Search(figures)
    for level in figures.levels:
        larger_first = sorted(level, key=lambda key: (-figures.values[key], str(key)))
        search.show_all_of([key for key in larger_first if not figures.is_small(key)])
    return frozenset(search.shown)


class _Search:
    """Adds figures to what is shown, holding for each small figure one proof that it could be large."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self.solver = _Solver(figures)
        self.shown: set[Key] = set()
        self.proofs: dict[Key, Witness] = {}
        if self.proofs_with(set()) is None:
            raise ValueError("A small figure has no room even when nothing is shown.")
        self.proofs = self.proofs_with(set()) or {}

    def show_all_of(self, keys: Sequence[Key]) -> None:
        """Show as many of these as hold, earlier ones first: all, or else the first half, then the second."""
        if not keys:
            return
        proofs = self.proofs_with({*self.shown, *keys})
        if proofs is not None:
            self.shown, self.proofs = {*self.shown, *keys}, proofs
        elif len(keys) > 1:
            middle = len(keys) // 2
            self.show_all_of(keys[:middle])
            self.show_all_of(keys[middle:])

    def proofs_with(self, shown: set[Key]) -> dict[Key, Witness] | None:
        """A proof for every small figure that agrees with all that would be shown, or None when one has none."""
        found: dict[Key, Witness] = {}
        pool = list(dict.fromkeys(map(id, self.proofs.values())))
        known = {id(proof): proof for proof in self.proofs.values()}
        usable = [known[name] for name in pool if self._agrees(known[name], shown)]
        for key in self._small_figures():
            proof = next((one for one in usable if one[key] >= self.figures.could_be(key)), None)
            proof = proof or self.solver.figures_with_large(key, shown)
            if proof is None:
                return None
            usable.append(proof)
            found[key] = proof
        return found

    def _small_figures(self) -> Iterable[Key]:
        return (key for key in self.figures.values if self.figures.is_small(key))

    def _agrees(self, proof: Witness, shown: set[Key]) -> bool:
        return all(proof[key] == self.figures.values[key] for key in shown)


class _Solver:
    """Looks for another set of figures that agrees with what is shown. HiGHS, one thread, whole numbers."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self.keys = list(figures.values)
        self.place = {key: index for index, key in enumerate(self.keys)}
        self.floor = np.array([min(1, figures.values[key]) for key in self.keys], dtype=np.float64)
        self.model = _model(figures, self.place, self.floor)

    def figures_with_large(self, key: Key, shown: set[Key]) -> Witness | None:
        """One whole set of figures in which `key` is large, or None. Quick first, then in whole numbers."""
        self._bound(key, shown)
        for whole_numbers in (False, True):
            status, witness = self._solve(whole_numbers)
            if status == highspy.HighsModelStatus.kInfeasible:
                return None
            if witness is not None and self._holds(witness, key, shown):
                return witness
        return None

    def _bound(self, key: Key, shown: set[Key]) -> None:
        low, high = self.floor.copy(), np.full(len(self.keys), highspy.kHighsInf)
        for one in shown:
            low[self.place[one]] = high[self.place[one]] = self.figures.values[one]
        low[self.place[key]] = self.figures.could_be(key)
        count = len(self.keys)
        self.model.changeColsBounds(count, np.arange(count, dtype=np.int32), low, high)

    def _solve(self, whole_numbers: bool) -> tuple[highspy.HighsModelStatus, Witness | None]:
        count = len(self.keys)
        kind = highspy.HighsVarType.kInteger if whole_numbers else highspy.HighsVarType.kContinuous
        self.model.changeColsIntegrality(count, np.arange(count, dtype=np.int32), np.full(count, kind.value, np.uint8))
        self.model.run()
        status = self.model.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            return status, None
        return status, {
            key: round(value) for key, value in zip(self.keys, self.model.getSolution().col_value, strict=True)
        }

    def _holds(self, witness: Witness, key: Key, shown: set[Key]) -> bool:
        agrees = all(witness[one] == self.figures.values[one] for one in shown)
        return agrees and witness[key] >= self.figures.could_be(key) and self.figures.adds_up(witness)


def _model(figures: Figures, place: Mapping[Key, int], floor: np.ndarray) -> highspy.Highs:
    model = highspy.Highs()  # type: ignore[no-untyped-call]  # its makers wrote no types for it
    for option, value in (("output_flag", False), ("threads", 1), ("time_limit", 10.0)):
        model.setOptionValue(option, value)
    for low in floor:
        model.addVar(float(low), highspy.kHighsInf)
    for tie in figures.sums:
        columns = np.array([place[tie.whole], *(place[part] for part in tie.parts)], dtype=np.int32)
        weights = np.array([-1.0] + [1.0] * len(tie.parts))
        model.addRow(0.0, 0.0, len(columns), columns, weights)
    return model
