"""Every word the explorer says, a module a page. Plain English; numbers as natural frequencies."""

from etiograph.decision.words import FLAG_LEVELS as FLAG_LEVELS, WARNING_FIRST as WARNING_FIRST

from .about import *
from .checks import *
from .cohort import *
from .compare import *
from .explore import *
from .export import *
from .frame import *
from .gallery import *
from .helps import *
from .learn import *
from .model import *
from .present import *
from .priors import *
from .why import *
from .wording import *
