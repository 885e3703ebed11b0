"""How the log is sealed, in pure functions: what a row says, the tree of a block, the chain of blocks, the anchor.

The algorithm in words: `docs/audit-chain.md`.
"""
