;; Provides a memory and nothing else: 102 pages of 64 KiB, which may become 65536, and which threads may share.
(module
  (memory (export "memory") 102 65536 shared))
