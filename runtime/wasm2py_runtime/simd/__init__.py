"""Vector instructions that generated code calls: each by its name with ``_`` for ``.``, immediates last.

Imported by modules that use vectors only.
"""

from .arithmetic import *  # noqa: F403
from .bitwise import *  # noqa: F403
from .comparison import *  # noqa: F403
from .conversions import *  # noqa: F403
from .floats import *  # noqa: F403
from .lanes import *  # noqa: F403
from .relaxed import *  # noqa: F403
from .shifts import *  # noqa: F403
from .widening import *  # noqa: F403
