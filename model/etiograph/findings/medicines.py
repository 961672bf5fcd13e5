"""Names of medicines and the groups of the ATC classification they belong to.

Codes of the WHO Collaborating Centre for Drug Statistics Methodology (ATC/DDD Index), by international
nonproprietary name and a few brands that are said in its place. A network states by group what it asks
about, so that a name is enough to find it.
"""

from __future__ import annotations

ATC: dict[str, str] = {
    # diuretics
    "hydrochlorothiazide": "C03AA03",
    "hctz": "C03AA03",
    "bendroflumethiazide": "C03AA01",
    "chlortalidone": "C03BA04",
    "chlorthalidone": "C03BA04",
    "metolazone": "C03BA08",
    "indapamide": "C03BA11",
    "furosemide": "C03CA01",
    "frusemide": "C03CA01",
    "lasix": "C03CA01",
    "bumetanide": "C03CA02",
    "torasemide": "C03CA04",
    "torsemide": "C03CA04",
    "spironolactone": "C03DA01",
    "aldactone": "C03DA01",
    "eplerenone": "C03DA04",
    "amiloride": "C03DB01",
    "triamterene": "C03DB02",
    # against acid
    "cimetidine": "A02BA01",
    "ranitidine": "A02BA02",
    "famotidine": "A02BA03",
    "omeprazole": "A02BC01",
    "pantoprazole": "A02BC02",
    "lansoprazole": "A02BC03",
    "rabeprazole": "A02BC04",
    "esomeprazole": "A02BC05",
    # statins
    "simvastatin": "C10AA01",
    "lovastatin": "C10AA02",
    "pravastatin": "C10AA03",
    "fluvastatin": "C10AA04",
    "atorvastatin": "C10AA05",
    "lipitor": "C10AA05",
    "rosuvastatin": "C10AA07",
    "pitavastatin": "C10AA08",
    # inhaled
    "salbutamol": "R03AC02",
    "terbutaline": "R03AC03",
    "salmeterol": "R03AC12",
    "formoterol": "R03AC13",
    "indacaterol": "R03AC18",
    "olodaterol": "R03AC19",
    # often named, whether a network asks about them or not
    "metformin": "A10BA02",
    "insulin": "A10A",
    "levothyroxine": "H03AA01",
    "prednisolone": "H02AB06",
    "prednisone": "H02AB07",
    "lisinopril": "C09AA03",
    "enalapril": "C09AA02",
    "ramipril": "C09AA05",
    "losartan": "C09CA01",
    "amlodipine": "C08CA01",
    "nifedipine": "C08CA05",
    "metoprolol": "C07AB02",
    "bisoprolol": "C07AB07",
    "digoxin": "C01AA05",
    "warfarin": "B01AA03",
    "apixaban": "B01AF02",
    "rivaroxaban": "B01AF01",
    "quinine": "P01BC01",
    "colecalciferol": "A11CC05",
    "cholecalciferol": "A11CC05",
    "ergocalciferol": "A11CC01",
    "pyridoxine": "A11HA02",
}
"""Name in lower case -> code."""

GROUPS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            *(
                "bp tablet",
                "bp pill",
                "bp med",
                "bp medication",
                "antihypertensive",
                "antihypertensiva",
            ),
            *("blood pressure tablet", "blood pressure pill", "blood pressure medication"),
        ),
        ("C02", "C03", "C07", "C08", "C09"),
    ),
    "antidepressant": ("N06A",),
    "antacid": ("A02A",),
    "inhaler": ("R03",),
    "puffer": ("R03",),
    "vitamins": ("A11",),
}
"""What is said of a medicine that leaves open which of several it is -> the groups it may be of."""

UNCERTAIN: dict[str, tuple[str, str]] = {"hct": ("hydrochlorothiazide", "haematocrit")}
"""Abbreviations of a medicine and of something else; with a dose it is the medicine."""
