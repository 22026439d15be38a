"""Orders and relations of the graph: reverse postorder, dominators, loops.

Graphs made from wasm are reducible: every loop is entered through its header only.
"""

from __future__ import annotations

from typing import Optional

from wasm2py.ir.graph import Block, Function


def reverse_postorder(function: Function) -> list[Block]:
    """The reachable blocks, each before its successors except along back edges."""
    order: list[Block] = []
    seen: set[Block] = set()
    path: list[Block] = []
    stack: list[Optional[Block]] = [function.blocks[0]]
    while stack:
        block = stack.pop()
        if block is None:  # all behind the last block of the path is done
            order.append(path.pop())
        elif block not in seen:
            seen.add(block)
            path.append(block)
            stack.append(None)
            targets = block.terminator.targets
            stack += targets if len(targets) < 3 else block.terminator.successors()
    order.reverse()
    return order


class Dominance:
    """The dominator tree and the loops of a function.

    ``order`` is a reverse postorder, ``number`` the place of each block in it, ``idom`` the immediate dominator (None
    for the entry). ``loop`` is the header of the innermost loop that a block is in (a header is in its own loop),
    ``outer`` leads from a header to the header of the loop around it, ``depth`` counts the loops around a block.
    """

    def __init__(self, function: Function) -> None:
        self.order = reverse_postorder(function)
        self.number = {block: i for i, block in enumerate(self.order)}
        self.idom = self._immediate_dominators()
        self.loop: dict[Block, Optional[Block]] = dict.fromkeys(self.order)
        self.outer: dict[Block, Optional[Block]] = {}
        self._find_loops()
        self.depth = {block: self._depth(header) if header else 0 for block, header in self.loop.items()}
        self.children = self._children()
        self.enter, self.leave = self._intervals()

    def is_header(self, block: Block) -> bool:
        return block in self.outer

    def dominates(self, a: Block, b: Block) -> bool:
        return self.enter[a] <= self.enter[b] and self.leave[b] <= self.leave[a]

    def in_loop(self, block: Block, header: Block) -> bool:
        """Whether ``block`` belongs to the loop of ``header``."""
        loop = self.loop[block]
        while loop is not None and loop is not header:
            loop = self.outer[loop]
        return loop is header

    def _immediate_dominators(self) -> dict[Block, Optional[Block]]:
        """Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm" (2001): one round, since it is reducible."""
        number, order = self.number, self.order
        idom: list[int] = [-1] * len(order)
        idom[0] = 0
        for i in range(1, len(order)):
            new = -1
            for pred in order[i].preds:
                p = number[pred]
                if idom[p] < 0:  # a way back to a loop
                    continue
                if new < 0:
                    new = p
                while p != new:
                    while p > new:
                        p = idom[p]
                    while new > p:
                        new = idom[new]
            idom[i] = new
        return {block: order[idom[i]] if i else None for i, block in enumerate(order)}

    def _find_loops(self) -> None:
        """Inner loops first: headers in descending order, each body found by walking back from its back edges."""
        number, loop = self.number, self.loop
        for header in reversed(self.order):
            latches = [pred for pred in header.preds if number[pred] >= number[header]]
            if not latches:
                continue
            self.outer[header] = None
            work = latches
            while work:
                block = self._outermost(work.pop())
                if block is header:
                    continue
                if loop[block] is None:
                    loop[block] = header
                else:  # the header of an inner loop, found before
                    self.outer[block] = header
                work.extend(block.preds)
            loop[header] = header

    def _outermost(self, block: Block) -> Block:
        """The header of the outermost known loop around the block, or the block itself."""
        header = self.loop[block]
        if header is None:
            return block
        while True:
            outer = self.outer[header]
            if outer is None:
                return header
            header = outer

    def _depth(self, loop: Optional[Block]) -> int:
        depth = 0
        while loop is not None:
            depth += 1
            loop = self.outer[loop]
        return depth

    def _children(self) -> dict[Block, list[Block]]:
        children: dict[Block, list[Block]] = {block: [] for block in self.order}
        for block in self.order[1:]:
            parent = self.idom[block]
            assert parent is not None
            children[parent].append(block)
        return children

    def _intervals(self) -> tuple[dict[Block, int], dict[Block, int]]:
        """Numbers on entering and leaving each block in a walk of the dominator tree: ancestry in two comparisons."""
        enter: dict[Block, int] = {}
        leave: dict[Block, int] = {}
        clock = 0
        path: list[Block] = []
        stack: list[Optional[Block]] = [self.order[0]]
        while stack:
            block = stack.pop()
            clock += 1
            if block is None:  # all below the last block of the path is done
                leave[path.pop()] = clock
                continue
            enter[block] = clock
            path.append(block)
            stack.append(None)
            stack += self.children[block][::-1]
        return enter, leave
