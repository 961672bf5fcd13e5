"""What a page shows, as HTML. Every text goes through `esc`; colours live in style.css."""

from ..markup import esc as esc
from .bars import (
    Bar as Bar,
    legend as legend,
    plain as plain,
    ranking as ranking,
    scale as scale,
    track as track,
)
from .cards import card as card
from .checks import CheckRow as CheckRow, checks as checks, judged_cases as judged_cases
from .cited import Source as Source, sources as sources
from .helps import Change as Change, changes as changes
from .moved import Shift as Shift, shift as shift, shift_legend as shift_legend
from .number_map import number_map as number_map
from .phrases import (
    bullets as bullets,
    caveat as caveat,
    changed_numbers as changed_numbers,
    dock as dock,
    facts as facts,
    grades as grades,
    headline as headline,
    judged as judged,
    line_read as line_read,
    lines as lines,
    note as note,
    part as part,
    picture as picture,
    said as said,
    verdict as verdict,
)
from .reasons import (
    Swing as Swing,
    Weight as Weight,
    ask as ask,
    steps as steps,
    tornado as tornado,
    weights as weights,
)
from .scenarios import Compared as Compared, comparison as comparison
from .warnings import Flag as Flag, act_first as act_first, flags as flags
