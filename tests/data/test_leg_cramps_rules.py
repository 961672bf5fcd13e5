"""Every rule of the leg-cramp network fires when it should, and only then."""

from __future__ import annotations

import re
from functools import cache

import pytest

import etiograph as eg
from etiograph.decision.red_flags import (
    PRESSING,
    danger_signs,
    red_flags,
    shown,
)
from etiograph.network.rules import LEVELS, names

PREGNANT = "third_trimester"

FIRES = [
    ("emergency_leg_signs_with_breathlessness",
     {"leg_shown_for_clot": "yes", "breathlessness_or_chest_pain": "present"}),
    ("emergency_leg_signs_with_breathlessness",
     {"deep_vein_thrombosis": "present", "breathlessness_or_chest_pain": "present"}),
    ("urgent_nerve_root",
     {"lumbar_nerve_compression": "present", "numbness_or_stabbing_pain": "present",
      "muscle_weakness": "present"}),
    ("urgent_fever_with_hot_leg", {"fever": "present", "foot_wound_or_rest_pain": "present"}),
    ("urgent_creatine_kinase", {"creatine_kinase": "6000 U/L", "severe_pain": "present"}),
    ("urgent_metformin_on_dialysis", {"metformin": "yes", "kidney_disease": "dialysis"}),
    # a danger that is already there, and not only on the change towards it
    ("emergency_signs_of_high_potassium",
     {"kidney_disease": "dialysis", "palpitations_or_fainting": "present"}),
    ("emergency_signs_of_high_potassium",
     {"kidney_disease": "stage_3_or_4", "rapid_weakness": "present", "potassium_supplement": "yes"}),
    ("see_potassium_not_measured", {"kidney_disease": "dialysis", "potassium_supplement": "yes"}),
    ("see_potassium_not_measured", {"diuretic": "combination", "ace_inhibitor_or_arb": "yes"}),
    ("urgent_sodium_high", {"serum_sodium": "156 mmol/L"}),
    ("urgent_sodium_high", {"serum_sodium": "151 mmol/L", "confusion_or_fits": "present"}),
    ("see_sodium_high", {"serum_sodium": "149 mmol/L"}),
    ("see_magnesium_low_with_kidney_disease",
     {"serum_magnesium": "0.62 mmol/L", "kidney_disease": "dialysis"}),
    ("see_magnesium_not_measured",
     {"magnesium_supplement": "yes", "kidney_disease": "stage_3_or_4"}),
    ("see_tsh_low", {"tsh": "0.03 mIU/L"}),
    ("urgent_sugar", {"hba1c": "103 mmol/mol", "confusion_or_fits": "present"}),
    ("see_hba1c_high", {"hba1c": "70 mmol/mol"}),
    ("urgent_creatine_kinase",
     {"creatine_kinase": "6000 U/L", "unaccustomed_exercise": "no"}),
    ("emergency_fit_in_pregnancy", {"pregnancy": PREGNANT, "confusion_or_fits": "present"}),
    ("urgent_medicine_in_pregnancy", {"pregnancy": PREGNANT, "ace_inhibitor_or_arb": "yes"}),
    ("see_stockings_with_arterial_disease",
     {"compression_stockings": "yes", "ankle_brachial_index": "0.59 ratio"}),
    ("see_heat_with_numb_feet",
     {"warm_foot_soak": "yes", "numbness_or_stabbing_pain": "present"}),
    ("see_heat_with_arterial_disease",
     {"warm_foot_soak": "yes", "peripheral_artery_disease": "present"}),
    ("emergency_leg_signs_with_breathlessness",
     {"leg_swelling": "one_leg", "breathlessness_or_chest_pain": "present"}),
    ("emergency_leg_signs_with_breathlessness",
     {"warmth_or_redness": "present", "breathlessness_or_chest_pain": "present"}),
    ("urgent_one_sided_swelling", {"leg_swelling": "one_leg"}),
    ("urgent_swelling_with_warmth", {"leg_swelling": "both_legs", "warmth_or_redness": "present"}),
    ("urgent_swelling_in_pregnancy", {"pregnancy": PREGNANT, "leg_swelling": "one_leg"}),
    ("urgent_swelling_in_pregnancy",
     {"pregnancy": "first_six_weeks_after_birth", "warmth_or_redness": "present"}),
    ("urgent_both_legs_swollen_in_pregnancy",
     {"pregnancy": PREGNANT, "leg_swelling": "both_legs"}),
    ("urgent_breathlessness", {"breathlessness_or_chest_pain": "present"}),
    ("emergency_cold_pale_leg", {"cold_pale_leg": "present"}),
    ("urgent_rapid_weakness", {"rapid_weakness": "present"}),
    ("emergency_saddle_or_bladder",
     {"bladder_or_saddle_symptoms": "present", "back_pain_radiating_to_leg": "present"}),
    ("urgent_dark_urine", {"dark_urine": "present"}),
    ("urgent_tetany", {"tetany": "present"}),
    ("urgent_fever_with_hot_leg", {"fever": "present", "warmth_or_redness": "present"}),
    ("emergency_statin_with_dark_urine", {"statin": "yes", "dark_urine": "present"}),
    ("emergency_potassium_high", {"serum_potassium": "6.5 mEq/L"}),
    ("emergency_potassium_high", {"serum_potassium": "5.5 mmol/L", "muscle_weakness": "present"}),
    ("urgent_potassium_high", {"serum_potassium": "6.0 mmol/L"}),
    ("urgent_potassium_high", {"serum_potassium": "6.4 mmol/L", "kidney_disease": "dialysis"}),
    ("urgent_potassium_high_on_medicine",
     {"serum_potassium": "5.7 mmol/L", "potassium_supplement": "yes"}),
    ("urgent_potassium_high_on_medicine",
     {"serum_potassium": "5.5 mmol/L", "diuretic": "potassium_sparing"}),
    ("urgent_potassium_high_on_medicine",
     {"serum_potassium": "5.9 mmol/L", "kidney_disease": "stage_3_or_4"}),
    ("urgent_potassium_high_on_medicine",
     {"serum_potassium": "5.6 mmol/L", "ace_inhibitor_or_arb": "yes"}),
    ("see_potassium_high", {"serum_potassium": "5.5 mmol/L"}),
    ("see_potassium_high", {"serum_potassium": "5.2 mmol/L", "ace_inhibitor_or_arb": "yes"}),
    ("see_potassium_high", {"serum_potassium": "5.1 mmol/L", "potassium_supplement": "yes"}),
    ("see_potassium_high", {"serum_potassium": "high", "diuretic": "combination"}),
    ("emergency_potassium_low", {"serum_potassium": "2.4 mmol/L"}),
    ("emergency_potassium_low", {"serum_potassium": "2.9 mmol/L", "heart_failure": "present"}),
    ("urgent_potassium_low", {"serum_potassium": "2.9 mmol/L"}),
    ("see_potassium_low", {"serum_potassium": "3.4 mmol/L"}),
    ("see_potassium_low", {"serum_potassium": "low"}),
    ("emergency_sodium_low", {"serum_sodium": "124 mmol/L"}),
    ("emergency_sodium_low", {"serum_sodium": "134 mmol/L", "confusion_or_fits": "present"}),
    ("urgent_sodium_low", {"serum_sodium": "126 mmol/L"}),
    ("urgent_sodium_low_on_thiazide", {"serum_sodium": "132 mmol/L", "diuretic": "thiazide"}),
    ("urgent_sodium_low_on_thiazide", {"serum_sodium": "low", "diuretic": "combination"}),
    ("see_sodium_low", {"serum_sodium": "134 mmol/L"}),
    ("emergency_calcium_high", {"serum_calcium": "3.55 mmol/L"}),
    ("emergency_calcium_high", {"serum_calcium": "12.5 mg/dL", "confusion_or_fits": "present"}),
    ("urgent_calcium_high", {"serum_calcium": "3.05 mmol/L"}),
    ("urgent_calcium_high", {"serum_calcium": "2.7 mmol/L", "thirst_or_constipation": "present"}),
    ("urgent_vitamin_d_poisoning", {"vitamin_d_25oh": "380 nmol/L"}),
    ("urgent_vitamin_d_poisoning",
     {"vitamin_d_25oh": "110 ng/mL", "serum_calcium": "2.6 mmol/L"}),
    ("see_vitamin_d_excess", {"vitamin_d_25oh": "260 nmol/L"}),
    ("see_vitamin_d_excess", {"vitamin_d_25oh": "excessive"}),
    ("see_vitamin_d_with_thirst",
     {"vitamin_d_dose": "over_4000_iu", "thirst_or_constipation": "present"}),
    ("see_calcium_high", {"serum_calcium": "2.6 mmol/L"}),
    ("see_calcium_high", {"serum_calcium": "high"}),
    ("see_calcium_high_with_pth",
     {"serum_calcium": "2.70 mmol/L", "parathyroid_hormone": "45 pg/mL"}),
    ("emergency_calcium_low", {"serum_calcium": "7.4 mg/dL"}),
    ("emergency_calcium_low", {"serum_calcium": "2.1 mmol/L", "tetany": "present"}),
    ("urgent_calcium_low_with_numbness",
     {"serum_calcium": "2.1 mmol/L", "numbness_or_stabbing_pain": "present"}),
    ("see_calcium_low", {"serum_calcium": "2.0 mmol/L"}),
    ("emergency_magnesium_low",
     {"serum_magnesium": "0.45 mmol/L", "palpitations_or_fainting": "present"}),
    ("urgent_magnesium", {"serum_magnesium": "0.9 mg/dL"}),
    ("see_magnesium_low", {"serum_magnesium": "0.6 mmol/L"}),
    ("see_magnesium_first", {"serum_magnesium": "0.55 mmol/L", "serum_potassium": "3.1 mmol/L"}),
    ("emergency_magnesium_high", {"serum_magnesium": "2.6 mmol/L"}),
    ("emergency_magnesium_high",
     {"serum_magnesium": "1.4 mmol/L", "confusion_or_fits": "present"}),
    ("urgent_magnesium_high_in_kidney_disease",
     {"serum_magnesium": "1.1 mmol/L", "kidney_disease": "stage_3_or_4"}),
    ("see_magnesium_high", {"serum_magnesium": "1.1 mmol/L"}),
    ("see_vitamin_b6_with_nerve_signs",
     {"vitamin_b6_dose": "up_to_100_mg", "numbness_or_stabbing_pain": "present"}),
    ("see_high_vitamin_b6", {"vitamin_b6_dose": "over_100_mg"}),
    ("urgent_tsh_high_with_drowsiness", {"tsh": "40 mU/L", "confusion_or_fits": "present"}),
    ("see_tsh_high", {"tsh": "90 mIU/L"}),
    ("urgent_ankle_pressure", {"ankle_brachial_index": "0.30"}),
    ("urgent_ankle_pressure",
     {"foot_wound_or_rest_pain": "present", "peripheral_artery_disease": "present"}),
    ("see_ankle_pressure_very_low", {"ankle_brachial_index": "0.45"}),
    ("see_ankle_pressure_low", {"ankle_brachial_index": "0.8"}),
    ("see_foot_wound_or_rest_pain", {"foot_wound_or_rest_pain": "present"}),
    ("urgent_foot_wound_with_numb_feet",
     {"foot_wound_or_rest_pain": "present", "diabetes": "present", "ankle_brachial_index": "1.42"}),
    ("urgent_d_dimer_positive", {"d_dimer": "positive", "leg_shown_for_clot": "yes"}),
    ("urgent_d_dimer_positive", {"d_dimer": "positive", "leg_swelling": "both_legs"}),
    ("urgent_dry_on_medicine", {"dehydration": "present", "diuretic": "loop"}),
    ("urgent_dry_on_medicine", {"dehydration": "present", "metformin": "yes"}),
    ("urgent_dry_on_medicine", {"serum_sodium": "150 mmol/L", "diuretic": "loop"}),
    ("emergency_confusion_with_liver_or_kidneys",
     {"confusion_or_fits": "present", "liver_disease": "cirrhosis"}),
    ("urgent_diuretic_in_pregnancy", {"diuretic": "potassium_sparing", "pregnancy": PREGNANT}),
    ("emergency_quinine", {"takes_quinine": "present", "palpitations_or_fainting": "present"}),
    ("urgent_quinine_in_pregnancy", {"takes_quinine": "present", "pregnancy": PREGNANT}),
    ("see_quinine", {"takes_quinine": "present"}),
    ("urgent_clot_found", {"duplex_for_thrombosis": "positive"}),
    ("urgent_palpitations_or_fainting", {"palpitations_or_fainting": "present"}),
    ("urgent_confusion_or_fits", {"confusion_or_fits": "present"}),
    ("emergency_creatine_kinase", {"creatine_kinase": "2600 U/L", "muscle_weakness": "present"}),
    ("urgent_creatine_kinase", {"creatine_kinase": "9000 U/L"}),
    ("urgent_creatine_kinase", {"creatine_kinase": "2600 U/L", "statin": "yes"}),
    ("see_creatine_kinase_on_statin",
     {"creatine_kinase": "800 U/L", "statin": "yes", "leg_cramps": "present"}),
    ("see_creatine_kinase", {"creatine_kinase": "800 U/L", "statin": "yes"}),
    ("urgent_nerve_root",
     {"numbness_or_stabbing_pain": "present", "muscle_weakness": "present",
      "back_pain_radiating_to_leg": "present"}),
    ("see_statin_with_weakness", {"statin": "yes", "muscle_weakness": "present"}),
    ("see_nerve_signs", {"leg_cramps": "present", "numbness_or_stabbing_pain": "present"}),
    ("see_nerve_signs", {"cramp_frequency": "up_to_3_a_month", "muscle_weakness": "present"}),
    ("see_fluids_in_heart_failure", {"heart_failure": "present", "leg_cramps": "present"}),
    ("see_bone_blood_tests",
     {"kidney_disease": "stage_3_or_4", "calcium_supplement": "carbonate"}),
    ("see_bone_blood_tests", {"vitamin_d_dose": "over_4000_iu"}),
    ("see_severe_pain", {"severe_pain": "present"}),
    ("see_frequent_cramps", {"cramp_frequency": "over_3_a_month"}),
    ("see_persistent_cramps", {"persistent_despite_adjustment": "present"}),
    ("see_leg_swelling", {"leg_swelling": "both_legs"}),
    ("see_skin_change", {"skin_change": "present"}),
    ("see_warmth_or_redness", {"warmth_or_redness": "present"}),
    ("see_night_waking", {"night_waking": "present"}),
    ("see_cramps_after_supplement", {"cramps_began_after_supplement": "yes"}),
    ("see_cramps_on_dialysis", {"kidney_disease": "dialysis", "leg_cramps": "present"}),
    ("see_cramps_on_dialysis",
     {"kidney_disease": "dialysis", "cramp_frequency": "up_to_3_a_month"}),
    ("see_twitching_with_weakness",
     {"muscle_twitching": "present", "muscle_weakness": "present"}),
]  # fmt: skip

SILENT = [  # near misses
    ("urgent_metformin_on_dialysis", {"metformin": "yes", "kidney_disease": "none"}),
    (
        "emergency_signs_of_high_potassium",
        {
            "kidney_disease": "dialysis",
            "palpitations_or_fainting": "present",
            "serum_potassium": "4.6 mmol/L",
        },
    ),
    (
        "emergency_signs_of_high_potassium",
        {"kidney_disease": "stage_3_or_4", "rapid_weakness": "present"},
    ),
    (
        "see_potassium_not_measured",
        {
            "kidney_disease": "dialysis",
            "potassium_supplement": "yes",
            "serum_potassium": "4.6 mmol/L",
        },
    ),
    ("see_potassium_not_measured", {"potassium_supplement": "yes", "diuretic": "thiazide"}),
    ("urgent_sodium_high", {"serum_sodium": "151 mmol/L"}),
    ("see_sodium_high", {"serum_sodium": "146 mmol/L"}),
    ("see_magnesium_low_with_kidney_disease", {"serum_magnesium": "0.62 mmol/L"}),
    ("see_magnesium_low", {"serum_magnesium": "0.62 mmol/L", "kidney_disease": "dialysis"}),
    ("see_magnesium_not_measured", {"magnesium_supplement": "yes", "kidney_disease": "none"}),
    ("see_tsh_low", {"tsh": "0.3 mIU/L"}),
    ("urgent_sugar", {"hba1c": "103 mmol/mol"}),
    ("see_hba1c_high", {"hba1c": "70 mmol/mol", "diabetes": "present"}),
    ("urgent_creatine_kinase", {"creatine_kinase": "6000 U/L", "unaccustomed_exercise": "yes"}),
    ("emergency_fit_in_pregnancy", {"pregnancy": "none", "confusion_or_fits": "present"}),
    (
        "urgent_medicine_in_pregnancy",
        {"pregnancy": "first_six_weeks_after_birth", "ace_inhibitor_or_arb": "yes"},
    ),
    (
        "see_stockings_with_arterial_disease",
        {"compression_stockings": "yes", "ankle_brachial_index": "1.05 ratio"},
    ),
    ("see_heat_with_numb_feet", {"warm_foot_soak": "yes", "monofilament_test": "negative"}),
    (
        "see_heat_with_arterial_disease",
        {"warm_foot_soak": "yes", "ankle_brachial_index": "1.05 ratio"},
    ),
    ("emergency_leg_signs_with_breathlessness", {"breathlessness_or_chest_pain": "present"}),
    (
        "emergency_leg_signs_with_breathlessness",
        {
            "pregnancy": PREGNANT,
            "leg_swelling": "both_legs",
            "breathlessness_or_chest_pain": "absent",
        },
    ),
    (
        "urgent_breathlessness",
        {"leg_swelling": "one_leg", "breathlessness_or_chest_pain": "absent"},
    ),
    ("emergency_cold_pale_leg", {"cold_feet": "present", "legs_exposed_to_cold": "yes"}),
    ("urgent_rapid_weakness", {"muscle_weakness": "present"}),
    (
        "emergency_saddle_or_bladder",
        {"back_pain_radiating_to_leg": "present", "numbness_or_stabbing_pain": "present"},
    ),
    ("urgent_dark_urine", {"severe_pain": "present", "unaccustomed_exercise": "yes"}),
    ("urgent_tetany", {"muscle_twitching": "present", "serum_calcium": "low"}),
    ("urgent_one_sided_swelling", {"leg_swelling": "both_legs"}),
    ("urgent_swelling_with_warmth", {"leg_swelling": "both_legs"}),
    ("urgent_swelling_with_warmth", {"leg_swelling": "absent", "warmth_or_redness": "present"}),
    ("urgent_swelling_in_pregnancy", {"pregnancy": "none", "leg_swelling": "one_leg"}),
    ("urgent_swelling_in_pregnancy", {"pregnancy": PREGNANT, "leg_swelling": "both_legs"}),
    ("urgent_both_legs_swollen_in_pregnancy", {"pregnancy": PREGNANT, "leg_swelling": "one_leg"}),
    ("urgent_both_legs_swollen_in_pregnancy", {"pregnancy": "none", "leg_swelling": "both_legs"}),
    ("urgent_swelling_in_pregnancy", {"pregnancy": PREGNANT, "skin_change": "present"}),
    ("urgent_fever_with_hot_leg", {"fever": "present"}),
    ("emergency_statin_with_dark_urine", {"statin": "no", "dark_urine": "present"}),
    ("emergency_potassium_high", {"serum_potassium": "6.4 mmol/L"}),
    ("emergency_potassium_high", {"serum_potassium": "5.4 mmol/L", "muscle_weakness": "present"}),
    ("urgent_potassium_high", {"serum_potassium": "5.9 mmol/L"}),
    ("urgent_potassium_high", {"serum_potassium": "6.5 mmol/L"}),
    (
        "urgent_potassium_high_on_medicine",
        {"serum_potassium": "5.4 mmol/L", "potassium_supplement": "yes"},
    ),
    ("urgent_potassium_high_on_medicine", {"serum_potassium": "5.7 mmol/L", "diuretic": "loop"}),
    (
        "urgent_potassium_high_on_medicine",
        {"serum_potassium": "5.4 mmol/L", "ace_inhibitor_or_arb": "yes"},
    ),
    ("see_potassium_high", {"serum_potassium": "5.4 mmol/L"}),
    ("see_potassium_high", {"serum_potassium": "4.9 mmol/L", "ace_inhibitor_or_arb": "yes"}),
    ("see_potassium_high", {"serum_potassium": "4.9 mmol/L", "potassium_supplement": "yes"}),
    ("emergency_potassium_low", {"serum_potassium": "2.5 mmol/L"}),
    ("emergency_potassium_low", {"serum_potassium": "3.0 mmol/L", "heart_failure": "present"}),
    ("urgent_potassium_low", {"serum_potassium": "3.0 mmol/L"}),
    ("urgent_potassium_low", {"serum_potassium": "low"}),
    ("see_potassium_low", {"serum_potassium": "3.5 mmol/L"}),
    ("emergency_sodium_low", {"serum_sodium": "125 mmol/L"}),
    ("emergency_sodium_low", {"serum_sodium": "135 mmol/L", "confusion_or_fits": "present"}),
    ("urgent_sodium_low", {"serum_sodium": "130 mmol/L"}),
    ("urgent_sodium_low", {"serum_sodium": "150 mmol/L"}),
    ("urgent_sodium_low_on_thiazide", {"serum_sodium": "132 mmol/L", "diuretic": "loop"}),
    ("see_sodium_low", {"serum_sodium": "135 mmol/L"}),
    ("emergency_calcium_high", {"serum_calcium": "3.5 mmol/L"}),
    ("urgent_calcium_high", {"serum_calcium": "2.99 mmol/L"}),
    ("urgent_calcium_high", {"serum_calcium": "2.58 mmol/L", "thirst_or_constipation": "present"}),
    ("urgent_vitamin_d_poisoning", {"vitamin_d_25oh": "145 ng/mL"}),
    ("urgent_vitamin_d_poisoning", {"vitamin_d_25oh": "95 ng/mL", "serum_calcium": "2.6 mmol/L"}),
    ("see_vitamin_d_excess", {"vitamin_d_25oh": "240 nmol/L"}),
    (
        "see_vitamin_d_with_thirst",
        {"vitamin_d_dose": "up_to_4000_iu", "thirst_or_constipation": "present"},
    ),
    (
        "see_vitamin_d_with_thirst",
        {
            "vitamin_d_dose": "over_4000_iu",
            "thirst_or_constipation": "present",
            "serum_calcium": "2.4 mmol/L",
        },
    ),
    ("see_calcium_high", {"serum_calcium": "2.5 mmol/L"}),
    (
        "see_calcium_high_with_pth",
        {"serum_calcium": "2.70 mmol/L", "parathyroid_hormone": "12 pg/mL"},
    ),
    ("emergency_calcium_low", {"serum_calcium": "1.9 mmol/L"}),
    ("emergency_calcium_low", {"serum_calcium": "2.3 mmol/L", "tetany": "present"}),
    (
        "urgent_calcium_low_with_numbness",
        {"serum_calcium": "2.3 mmol/L", "numbness_or_stabbing_pain": "present"},
    ),
    ("see_calcium_low", {"serum_calcium": "2.19 mmol/L"}),
    ("emergency_magnesium_low", {"serum_magnesium": "0.45 mmol/L"}),
    ("urgent_magnesium", {"serum_magnesium": "0.5 mmol/L"}),
    ("see_magnesium_low", {"serum_magnesium": "0.7 mmol/L"}),
    ("see_magnesium_first", {"serum_magnesium": "0.55 mmol/L", "serum_potassium": "3.6 mmol/L"}),
    ("emergency_magnesium_high", {"serum_magnesium": "2.0 mmol/L"}),
    (
        "urgent_magnesium_high_in_kidney_disease",
        {"serum_magnesium": "0.95 mmol/L", "kidney_disease": "stage_3_or_4"},
    ),
    ("urgent_magnesium_high_in_kidney_disease", {"serum_magnesium": "1.2 mmol/L"}),
    ("see_magnesium_high", {"serum_magnesium": "1.02 mmol/L"}),
    (
        "see_vitamin_b6_with_nerve_signs",
        {"vitamin_b6_dose": "none_or_low", "numbness_or_stabbing_pain": "present"},
    ),
    ("see_high_vitamin_b6", {"vitamin_b6_dose": "up_to_100_mg"}),
    ("urgent_tsh_high_with_drowsiness", {"tsh": "9 mU/L", "confusion_or_fits": "present"}),
    ("see_tsh_high", {"tsh": "9.9 mIU/L"}),
    ("urgent_ankle_pressure", {"ankle_brachial_index": "0.31"}),
    ("urgent_ankle_pressure", {"foot_wound_or_rest_pain": "absent", "ankle_brachial_index": "0.8"}),
    ("see_ankle_pressure_very_low", {"ankle_brachial_index": "0.5"}),
    ("see_ankle_pressure_low", {"ankle_brachial_index": "0.81"}),
    (
        "see_ankle_pressure_low",
        {"foot_wound_or_rest_pain": "present", "ankle_brachial_index": "1.42"},
    ),
    (
        "see_foot_wound_or_rest_pain",
        {"foot_wound_or_rest_pain": "present", "numbness_or_stabbing_pain": "present"},
    ),
    (
        "urgent_foot_wound_with_numb_feet",
        {"foot_wound_or_rest_pain": "present", "diabetes": "absent"},
    ),
    ("urgent_d_dimer_positive", {"d_dimer": "positive"}),
    (
        "urgent_d_dimer_positive",
        {"d_dimer": "positive", "leg_shown_for_clot": "yes", "duplex_for_thrombosis": "negative"},
    ),
    ("urgent_dry_on_medicine", {"dehydration": "present", "statin": "yes"}),
    ("urgent_dry_on_medicine", {"low_fluid_intake": "yes", "diuretic": "loop"}),
    (
        "emergency_confusion_with_liver_or_kidneys",
        {"confusion_or_fits": "present", "kidney_disease": "stage_3_or_4"},
    ),
    ("urgent_diuretic_in_pregnancy", {"diuretic": "none", "pregnancy": PREGNANT}),
    ("emergency_quinine", {"takes_quinine": "present", "night_waking": "present"}),
    ("urgent_quinine_in_pregnancy", {"takes_quinine": "present", "pregnancy": "none"}),
    ("see_quinine", {"takes_quinine": "absent"}),
    ("see_bone_blood_tests", {"vitamin_d_dose": "over_4000_iu", "serum_calcium": "2.9 mmol/L"}),
    ("urgent_clot_found", {"duplex_for_thrombosis": "negative", "d_dimer": "positive"}),
    ("urgent_palpitations_or_fainting", {"palpitations_or_fainting": "absent"}),
    ("urgent_confusion_or_fits", {"severe_pain": "present"}),
    (
        "urgent_nerve_root",
        {"numbness_or_stabbing_pain": "present", "back_pain_radiating_to_leg": "present"},
    ),
    ("emergency_creatine_kinase", {"creatine_kinase": "2600 U/L", "severe_pain": "present"}),
    ("urgent_creatine_kinase", {"creatine_kinase": "2600 U/L", "statin": "no"}),
    ("see_creatine_kinase_on_statin", {"creatine_kinase": "500 U/L", "statin": "yes"}),
    ("see_creatine_kinase", {"creatine_kinase": "590 U/L"}),
    ("see_statin_with_weakness", {"statin": "no", "muscle_weakness": "present"}),
    (
        "see_statin_with_weakness",
        {"statin": "yes", "muscle_weakness": "present", "creatine_kinase": "120 U/L"},
    ),
    ("see_nerve_signs", {"leg_cramps": "absent", "numbness_or_stabbing_pain": "present"}),
    ("see_fluids_in_heart_failure", {"heart_failure": "present"}),
    ("see_bone_blood_tests", {"kidney_disease": "stage_3_or_4"}),
    ("see_bone_blood_tests", {"calcium_supplement": "carbonate"}),
    ("see_frequent_cramps", {"cramp_frequency": "up_to_3_a_month"}),
    ("see_severe_pain", {"severe_pain": "absent", "leg_cramps": "present"}),
    ("see_persistent_cramps", {"leg_cramps": "present", "improved_after_4_weeks": "no"}),
    ("see_leg_swelling", {"leg_swelling": "absent", "skin_change": "present"}),
    ("see_skin_change", {"cold_feet": "present"}),
    ("see_warmth_or_redness", {"leg_swelling": "both_legs"}),
    ("see_night_waking", {"leg_cramps": "present", "urge_to_move_legs": "present"}),
    ("see_cramps_after_supplement", {"leg_cramps": "present", "calcium_supplement": "carbonate"}),
    ("see_cramps_on_dialysis", {"kidney_disease": "dialysis"}),
    ("see_cramps_on_dialysis", {"kidney_disease": "dialysis", "cramp_frequency": "none"}),
    ("see_cramps_on_dialysis", {"kidney_disease": "stage_3_or_4", "leg_cramps": "present"}),
    ("see_twitching_with_weakness", {"muscle_twitching": "present"}),
]

CAUTIONS = [
    ("caution_stop_diuretic_when_dry", {"dehydration": "present"}, {"diuretic": "none"}),
    ("caution_diuretic_when_dry", {"serum_sodium": "158 mmol/L"}, {"diuretic": "loop"}),
    ("caution_ace_inhibitor_when_dry", {"dehydration": "present"}, {"ace_inhibitor_or_arb": "yes"}),
    ("caution_metformin_when_dry", {"kidney_disease": "dialysis"}, {"metformin": "yes"}),
    ("caution_heavy_drinking_stops", {"heavy_alcohol_use": "present"},
     {"heavy_alcohol_use": "absent"}),
    ("caution_stockings_with_suspected_clot", {"warmth_or_redness": "present"},
     {"compression_stockings": "yes"}),
    ("caution_stockings_with_suspected_clot", {"leg_swelling": "one_leg"},
     {"compression_stockings": "yes"}),
    ("caution_stockings_with_weak_heart_or_numb_feet", {"heart_failure": "present"},
     {"compression_stockings": "yes"}),
    ("caution_calcium_with_weak_kidneys", {"kidney_disease": "dialysis"},
     {"calcium_supplement": "carbonate"}),
    ("caution_vitamin_d_with_weak_kidneys", {"kidney_disease": "stage_3_or_4"},
     {"vitamin_d_dose": "up_to_4000_iu"}),
    ("caution_magnesium_with_low_magnesium", {"serum_magnesium": "0.62 mmol/L"},
     {"magnesium_supplement": "yes"}),
    ("caution_diuretic", {"diuretic": "thiazide"}, {"diuretic": "none"}),
    ("caution_diuretic", {}, {"diuretic": "none"}),
    ("caution_another_diuretic", {"diuretic": "thiazide"}, {"diuretic": "potassium_sparing"}),
    ("caution_another_diuretic", {"diuretic": "combination"}, {"diuretic": "loop"}),
    ("caution_acid_suppressant", {}, {"acid_suppressant": "none"}),
    ("caution_statin", {"statin": "yes"}, {"statin": "no"}),
    ("caution_stop_potassium_with_low_potassium", {"serum_potassium": "3.1 mmol/L"},
     {"potassium_supplement": "no"}),
    ("caution_stop_magnesium_with_low_magnesium", {"serum_magnesium": "0.6 mmol/L"},
     {"magnesium_supplement": "no"}),
    ("caution_stop_calcium_with_low_calcium", {"serum_calcium": "2.0 mmol/L"},
     {"calcium_supplement": "none"}),
    ("caution_stop_vitamin_d_with_low_levels", {"vitamin_d_25oh": "9 ng/mL"},
     {"vitamin_d_dose": "none"}),
    ("caution_potassium_under_guidance", {}, {"potassium_supplement": "yes"}),
    ("caution_less_fluid", {"serum_calcium": "2.9 mmol/L"}, {"low_fluid_intake": "yes"}),
    ("caution_ace_inhibitor_in_pregnancy", {"pregnancy": PREGNANT}, {"ace_inhibitor_or_arb": "yes"}),
    ("caution_statin_in_pregnancy", {"pregnancy": PREGNANT}, {"statin": "yes"}),
    ("caution_diuretic_in_pregnancy", {"pregnancy": PREGNANT}, {"diuretic": "loop"}),
    ("caution_acid_suppressant_in_pregnancy", {"pregnancy": PREGNANT},
     {"acid_suppressant": "long_term"}),
    ("caution_ssri_in_pregnancy", {"pregnancy": PREGNANT}, {"ssri": "yes"}),
    ("caution_stop_statin_with_creatine_kinase", {"creatine_kinase": "700 U/L"}, {"statin": "no"}),
    ("caution_statin_with_creatine_kinase", {"creatine_kinase": "700 U/L"}, {"statin": "yes"}),
    ("caution_heat_with_arterial_disease", {"ankle_brachial_index": "0.7"},
     {"warm_foot_soak": "yes"}),
    ("caution_long_acting_beta_agonist", {}, {"long_acting_beta_agonist": "no"}),
    ("caution_calcium_supplement", {}, {"calcium_supplement": "none"}),
    ("caution_vitamin_d", {}, {"vitamin_d_dose": "none"}),
    ("caution_less_vitamin_d", {"vitamin_d_dose": "over_4000_iu"},
     {"vitamin_d_dose": "up_to_4000_iu"}),
    ("caution_vitamin_b6", {}, {"vitamin_b6_dose": "none_or_low"}),
    ("caution_magnesium_supplement", {}, {"magnesium_supplement": "no"}),
    ("caution_potassium_supplement", {}, {"potassium_supplement": "no"}),
    ("caution_ace_inhibitor", {"ace_inhibitor_or_arb": "yes"}, {"ace_inhibitor_or_arb": "no"}),
    ("caution_stop_ace_inhibitor_with_high_potassium", {"serum_potassium": "5.8 mmol/L"},
     {"ace_inhibitor_or_arb": "no"}),
    ("caution_ace_inhibitor_with_high_potassium", {"serum_potassium": "5.1 mmol/L"},
     {"ace_inhibitor_or_arb": "yes"}),
    ("caution_ace_inhibitor_with_what_keeps_potassium", {"kidney_disease": "stage_3_or_4"},
     {"ace_inhibitor_or_arb": "yes"}),
    ("caution_potassium_with_ace_inhibitor", {"ace_inhibitor_or_arb": "yes"},
     {"potassium_supplement": "yes"}),
    ("caution_sparing_diuretic_with_ace_inhibitor", {"ace_inhibitor_or_arb": "yes"},
     {"diuretic": "combination"}),
    ("caution_ssri", {}, {"ssri": "no"}),
    ("caution_stop_ssri_with_low_sodium", {"serum_sodium": "131 mmol/L"}, {"ssri": "no"}),
    ("caution_ssri_with_low_sodium", {"serum_sodium": "131 mmol/L"}, {"ssri": "yes"}),
    ("caution_metformin", {}, {"metformin": "no"}),
    ("caution_magnesium_with_kidney_disease", {"kidney_disease": "stage_3_or_4"},
     {"magnesium_supplement": "yes"}),
    ("caution_potassium_with_kidney_disease", {"kidney_disease": "dialysis"},
     {"potassium_supplement": "yes"}),
    ("caution_potassium_with_sparing_diuretic", {"diuretic": "potassium_sparing"},
     {"potassium_supplement": "yes"}),
    ("caution_potassium_with_sparing_diuretic", {"diuretic": "combination"},
     {"potassium_supplement": "yes"}),
    ("caution_sparing_diuretic_with_potassium", {"potassium_supplement": "yes"},
     {"diuretic": "combination"}),
    ("caution_sparing_diuretic_with_kidney_disease", {"kidney_disease": "stage_3_or_4"},
     {"diuretic": "combination"}),
    ("caution_stockings_with_arterial_disease", {"peripheral_artery_disease": "present"},
     {"compression_stockings": "yes"}),
    ("caution_stockings_with_arterial_disease", {"ankle_brachial_index": "0.7 ratio"},
     {"compression_stockings": "yes"}),
    ("caution_stockings_with_arterial_disease", {"ankle_brachial_index": "0.90 ratio"},
     {"compression_stockings": "yes"}),
    ("caution_stockings_with_arterial_disease", {"ankle_brachial_index": "low"},
     {"compression_stockings": "yes"}),
    ("caution_stockings_with_arterial_disease", {"cold_pale_leg": "present"},
     {"compression_stockings": "yes"}),
    ("caution_stockings_with_high_ankle_pressure", {"ankle_brachial_index": "1.35 ratio"},
     {"compression_stockings": "yes"}),
    ("caution_calcium_with_high_calcium", {"serum_calcium": "2.7 mmol/L"},
     {"calcium_supplement": "citrate"}),
    ("caution_calcium_with_high_calcium", {"parathyroid_function": "overactive"},
     {"calcium_supplement": "carbonate"}),
    ("caution_vitamin_d_with_high_calcium", {"calcium_level": "high"},
     {"vitamin_d_dose": "up_to_4000_iu"}),
    ("caution_high_dose_vitamin_d", {"vitamin_d_dose": "up_to_4000_iu"},
     {"vitamin_d_dose": "over_4000_iu"}),
    ("caution_high_dose_vitamin_b6", {}, {"vitamin_b6_dose": "over_100_mg"}),
    ("caution_heat_with_numb_feet", {"numbness_or_stabbing_pain": "present"},
     {"warm_foot_soak": "yes"}),
    ("caution_heat_with_numb_feet", {"monofilament_test": "positive"}, {"warm_foot_soak": "yes"}),
    ("caution_stop_diuretic_with_low_sodium",
     {"diuretic": "thiazide", "serum_sodium": "132 mmol/L"}, {"diuretic": "none"}),
    ("caution_stop_diuretic_with_low_sodium", {"serum_sodium": "119 mmol/L"}, {"diuretic": "none"}),
    ("caution_other_diuretic_with_very_low_sodium",
     {"diuretic": "loop", "serum_sodium": "128 mmol/L"}, {"diuretic": "none"}),
    ("caution_stop_diuretic_with_low_potassium",
     {"diuretic": "loop", "serum_potassium": "2.8 mmol/L"}, {"diuretic": "none"}),
    ("caution_stop_diuretic_with_low_magnesium",
     {"diuretic": "thiazide", "serum_magnesium": "0.48 mmol/L"}, {"diuretic": "none"}),
    ("caution_stop_sparing_diuretic_with_high_potassium",
     {"diuretic": "potassium_sparing", "serum_potassium": "5.7 mmol/L"}, {"diuretic": "none"}),
    ("caution_stop_thiazide_with_high_calcium",
     {"diuretic": "thiazide", "serum_calcium": "2.8 mmol/L"}, {"diuretic": "loop"}),
    ("caution_stop_acid_suppressant_with_low_magnesium", {"serum_magnesium": "0.6 mmol/L"},
     {"acid_suppressant": "none"}),
    ("caution_stop_statin_with_muscle_signs", {"dark_urine": "present"}, {"statin": "no"}),
    ("caution_stop_calcium_with_high_calcium", {"serum_calcium": "3.4 mmol/L"},
     {"calcium_supplement": "none"}),
    ("caution_stop_vitamin_d_with_excess", {"serum_calcium": "3.4 mmol/L"},
     {"vitamin_d_dose": "up_to_4000_iu"}),
    ("caution_stop_vitamin_b6_with_nerve_signs", {"numbness_or_stabbing_pain": "present"},
     {"vitamin_b6_dose": "none_or_low"}),
    ("caution_stop_magnesium_with_high_magnesium", {"serum_magnesium": "1.9 mmol/L"},
     {"magnesium_supplement": "no"}),
    ("caution_stop_potassium_with_high_potassium", {"serum_potassium": "6.4 mmol/L"},
     {"potassium_supplement": "no"}),
    ("caution_magnesium_under_guidance", {}, {"magnesium_supplement": "yes"}),
    ("caution_magnesium_in_pregnancy", {"pregnancy": PREGNANT}, {"magnesium_supplement": "yes"}),
    ("caution_magnesium_with_high_magnesium", {"serum_magnesium": "1.2 mmol/L"},
     {"magnesium_supplement": "yes"}),
    ("caution_potassium_with_high_potassium", {"serum_potassium": "5.2 mmol/L"},
     {"potassium_supplement": "yes"}),
    ("caution_potassium_with_sparing_diuretic", {},
     {"potassium_supplement": "yes", "diuretic": "potassium_sparing"}),
    ("caution_sparing_diuretic_with_high_potassium", {"serum_potassium": "5.2 mmol/L"},
     {"diuretic": "potassium_sparing"}),
    ("caution_thiazide_with_low_sodium", {"serum_sodium": "131 mmol/L"}, {"diuretic": "thiazide"}),
    ("caution_thiazide_with_high_calcium", {"serum_calcium": "2.7 mmol/L"},
     {"diuretic": "combination"}),
    ("caution_diuretic_with_low_potassium", {"serum_potassium": "3.1 mmol/L"},
     {"diuretic": "loop"}),
    ("caution_more_fluid", {"heart_failure": "present"}, {"low_fluid_intake": "no"}),
    ("caution_more_fluid", {"kidney_disease": "dialysis"}, {"low_fluid_intake": "no"}),
    ("caution_more_fluid_with_low_sodium", {"serum_sodium": "128 mmol/L"},
     {"low_fluid_intake": "no"}),
    ("caution_statin_with_muscle_signs", {"muscle_weakness": "present"}, {"statin": "yes"}),
    ("caution_acid_suppressant_with_low_magnesium", {"serum_magnesium": "0.6 mmol/L"},
     {"acid_suppressant": "long_term"}),
    ("caution_vitamin_d_with_excess", {"vitamin_d_25oh": "120 ng/mL"},
     {"vitamin_d_dose": "up_to_4000_iu"}),
    ("caution_vitamin_b6_with_nerve_signs", {"monofilament_test": "positive"},
     {"vitamin_b6_dose": "up_to_100_mg"}),
]  # fmt: skip

UNMOVED = [  # changes of the same thing, or in other people, that need no caution
    ("caution_stop_diuretic_when_dry", {"dehydration": "absent"}, {"diuretic": "none"}),
    ("caution_diuretic_when_dry", {"serum_sodium": "141 mmol/L"}, {"diuretic": "loop"}),
    ("caution_ace_inhibitor_when_dry", {"dehydration": "absent"}, {"ace_inhibitor_or_arb": "yes"}),
    ("caution_metformin_when_dry", {"kidney_disease": "none"}, {"metformin": "yes"}),
    ("caution_heavy_drinking_stops", {"heavy_alcohol_use": "absent"},
     {"heavy_alcohol_use": "absent"}),
    ("caution_stockings_with_suspected_clot",
     {"leg_swelling": "one_leg", "duplex_for_thrombosis": "negative"},
     {"compression_stockings": "yes"}),
    ("caution_stockings_with_weak_heart_or_numb_feet", {"heart_failure": "absent"},
     {"compression_stockings": "yes"}),
    ("caution_calcium_with_weak_kidneys", {"kidney_disease": "none"},
     {"calcium_supplement": "carbonate"}),
    ("caution_vitamin_d_with_weak_kidneys", {"kidney_disease": "none"},
     {"vitamin_d_dose": "up_to_4000_iu"}),
    ("caution_magnesium_with_low_magnesium",
     {"serum_magnesium": "0.62 mmol/L", "kidney_disease": "dialysis"},
     {"magnesium_supplement": "yes"}),
    ("caution_magnesium_under_guidance", {"serum_magnesium": "0.62 mmol/L"},
     {"magnesium_supplement": "yes"}),
    ("caution_diuretic", {}, {"diuretic": "thiazide"}),
    ("caution_another_diuretic", {}, {"diuretic": "thiazide"}),
    ("caution_another_diuretic", {"diuretic": "none"}, {"diuretic": "thiazide"}),
    ("caution_another_diuretic", {"diuretic": "loop"}, {"diuretic": "loop"}),
    ("caution_acid_suppressant", {}, {"acid_suppressant": "long_term"}),
    ("caution_statin", {"statin": "no"}, {"statin": "no"}),
    ("caution_long_acting_beta_agonist", {}, {"long_acting_beta_agonist": "yes"}),
    ("caution_calcium_supplement", {"calcium_supplement": "carbonate"},
     {"calcium_supplement": "citrate"}),
    ("caution_vitamin_d", {"vitamin_d_dose": "none"}, {"vitamin_d_dose": "up_to_4000_iu"}),
    ("caution_less_vitamin_d", {"vitamin_d_dose": "none"}, {"vitamin_d_dose": "up_to_4000_iu"}),
    ("caution_vitamin_b6", {"vitamin_b6_dose": "none_or_low"},
     {"vitamin_b6_dose": "none_or_low"}),
    ("caution_magnesium_supplement", {}, {"magnesium_supplement": "yes"}),
    ("caution_potassium_supplement", {}, {"potassium_supplement": "yes"}),
    ("caution_ace_inhibitor", {}, {"ace_inhibitor_or_arb": "yes"}),
    ("caution_stop_ace_inhibitor_with_high_potassium", {"serum_potassium": "5.2 mmol/L"},
     {"ace_inhibitor_or_arb": "no"}),
    ("caution_ace_inhibitor_with_high_potassium", {"serum_potassium": "4.8 mmol/L"},
     {"ace_inhibitor_or_arb": "yes"}),
    ("caution_ace_inhibitor_with_what_keeps_potassium", {"diuretic": "loop"},
     {"ace_inhibitor_or_arb": "yes"}),
    ("caution_potassium_with_ace_inhibitor", {"ace_inhibitor_or_arb": "no"},
     {"potassium_supplement": "yes"}),
    ("caution_sparing_diuretic_with_ace_inhibitor", {"ace_inhibitor_or_arb": "yes"},
     {"diuretic": "loop"}),
    ("caution_ssri", {}, {"ssri": "yes"}),
    ("caution_stop_ssri_with_low_sodium", {"serum_sodium": "138 mmol/L"}, {"ssri": "no"}),
    ("caution_ssri_with_low_sodium", {"serum_sodium": "138 mmol/L"}, {"ssri": "yes"}),
    ("caution_metformin", {}, {"metformin": "yes"}),
    ("caution_magnesium_with_kidney_disease", {"kidney_disease": "none"},
     {"magnesium_supplement": "yes"}),
    ("caution_potassium_with_kidney_disease", {"kidney_disease": "none"},
     {"potassium_supplement": "yes"}),
    ("caution_potassium_with_sparing_diuretic", {"diuretic": "thiazide"},
     {"potassium_supplement": "yes"}),
    ("caution_sparing_diuretic_with_potassium", {"potassium_supplement": "yes"},
     {"diuretic": "loop"}),
    ("caution_sparing_diuretic_with_kidney_disease", {"kidney_disease": "stage_3_or_4"},
     {"diuretic": "thiazide"}),
    ("caution_stockings_with_high_ankle_pressure", {"ankle_brachial_index": "1.25 ratio"},
     {"compression_stockings": "yes"}),
    ("caution_calcium_with_high_calcium", {"serum_calcium": "2.5 mmol/L"},
     {"calcium_supplement": "citrate"}),
    ("caution_vitamin_d_with_high_calcium", {"parathyroid_function": "underactive"},
     {"vitamin_d_dose": "up_to_4000_iu"}),
    ("caution_high_dose_vitamin_d", {}, {"vitamin_d_dose": "up_to_4000_iu"}),
    ("caution_high_dose_vitamin_b6", {}, {"vitamin_b6_dose": "up_to_100_mg"}),
    ("caution_stockings_with_arterial_disease", {"ankle_brachial_index": "0.95 ratio"},
     {"compression_stockings": "yes"}),
    ("caution_stockings_with_arterial_disease",
     {"poor_circulation": "venous", "pain_on_walking": "present"},
     {"compression_stockings": "yes"}),
    ("caution_heat_with_numb_feet", {"cold_feet": "present"}, {"warm_foot_soak": "yes"}),
    ("caution_heat_with_arterial_disease", {"cold_feet": "present"}, {"warm_foot_soak": "yes"}),
    ("caution_stop_potassium_with_low_potassium", {"serum_potassium": "3.6 mmol/L"},
     {"potassium_supplement": "no"}),
    ("caution_stop_magnesium_with_low_magnesium", {"serum_magnesium": "0.8 mmol/L"},
     {"magnesium_supplement": "no"}),
    ("caution_stop_calcium_with_low_calcium", {"serum_calcium": "2.3 mmol/L"},
     {"calcium_supplement": "none"}),
    ("caution_stop_vitamin_d_with_low_levels", {"vitamin_d_25oh": "25 ng/mL"},
     {"vitamin_d_dose": "none"}),
    ("caution_potassium_under_guidance", {"kidney_disease": "dialysis"},
     {"potassium_supplement": "yes"}),
    ("caution_less_fluid", {"serum_calcium": "2.4 mmol/L"}, {"low_fluid_intake": "yes"}),
    ("caution_ace_inhibitor_in_pregnancy", {"pregnancy": "none"}, {"ace_inhibitor_or_arb": "yes"}),
    ("caution_statin_in_pregnancy", {"pregnancy": "none"}, {"statin": "yes"}),
    ("caution_diuretic_in_pregnancy", {"pregnancy": PREGNANT}, {"diuretic": "none"}),
    ("caution_acid_suppressant_in_pregnancy", {}, {"acid_suppressant": "long_term"}),
    ("caution_ssri_in_pregnancy", {"pregnancy": PREGNANT}, {"ssri": "no"}),
    ("caution_stop_statin_with_creatine_kinase", {"creatine_kinase": "300 U/L"}, {"statin": "no"}),
    ("caution_statin_with_creatine_kinase", {"creatine_kinase": "300 U/L"}, {"statin": "yes"}),
    ("caution_stop_diuretic_with_low_sodium",
     {"diuretic": "loop", "serum_sodium": "132 mmol/L"}, {"diuretic": "none"}),
    ("caution_other_diuretic_with_very_low_sodium",
     {"diuretic": "loop", "serum_sodium": "131 mmol/L"}, {"diuretic": "none"}),
    ("caution_stop_diuretic_with_low_potassium",
     {"diuretic": "thiazide", "serum_potassium": "3.6 mmol/L"}, {"diuretic": "none"}),
    ("caution_stop_diuretic_with_low_magnesium",
     {"diuretic": "loop", "serum_magnesium": "0.48 mmol/L"}, {"diuretic": "none"}),
    ("caution_stop_sparing_diuretic_with_high_potassium",
     {"diuretic": "thiazide", "serum_potassium": "5.7 mmol/L"}, {"diuretic": "none"}),
    ("caution_stop_thiazide_with_high_calcium",
     {"diuretic": "thiazide", "serum_calcium": "2.4 mmol/L"}, {"diuretic": "none"}),
    ("caution_stop_acid_suppressant_with_low_magnesium", {"serum_magnesium": "0.8 mmol/L"},
     {"acid_suppressant": "none"}),
    ("caution_stop_statin_with_muscle_signs", {"severe_pain": "present"}, {"statin": "no"}),
    ("caution_stop_calcium_with_high_calcium", {"serum_calcium": "2.4 mmol/L"},
     {"calcium_supplement": "none"}),
    ("caution_stop_vitamin_d_with_excess", {"vitamin_d_25oh": "60 ng/mL"},
     {"vitamin_d_dose": "none"}),
    ("caution_stop_vitamin_b6_with_nerve_signs", {"cold_feet": "present"},
     {"vitamin_b6_dose": "none_or_low"}),
    ("caution_stop_magnesium_with_high_magnesium", {"serum_magnesium": "0.9 mmol/L"},
     {"magnesium_supplement": "no"}),
    ("caution_stop_potassium_with_high_potassium", {"serum_potassium": "4.5 mmol/L"},
     {"potassium_supplement": "no"}),
    ("caution_magnesium_under_guidance", {"kidney_disease": "dialysis"},
     {"magnesium_supplement": "yes"}),
    ("caution_magnesium_under_guidance", {"magnesium_supplement": "yes"},
     {"magnesium_supplement": "yes"}),
    ("caution_magnesium_in_pregnancy", {"pregnancy": "none"}, {"magnesium_supplement": "yes"}),
    ("caution_magnesium_with_high_magnesium", {"serum_magnesium": "0.9 mmol/L"},
     {"magnesium_supplement": "yes"}),
    ("caution_potassium_with_high_potassium", {"serum_potassium": "3.1 mmol/L"},
     {"potassium_supplement": "yes"}),
    ("caution_sparing_diuretic_with_high_potassium", {"serum_potassium": "4.2 mmol/L"},
     {"diuretic": "potassium_sparing"}),
    ("caution_thiazide_with_low_sodium", {"serum_sodium": "131 mmol/L"}, {"diuretic": "loop"}),
    ("caution_thiazide_with_high_calcium", {"serum_calcium": "2.7 mmol/L"}, {"diuretic": "loop"}),
    ("caution_diuretic_with_low_potassium", {"serum_potassium": "3.1 mmol/L"},
     {"diuretic": "potassium_sparing"}),
    ("caution_more_fluid", {"kidney_disease": "stage_3_or_4"}, {"low_fluid_intake": "no"}),
    ("caution_more_fluid_with_low_sodium", {"serum_sodium": "138 mmol/L"},
     {"low_fluid_intake": "no"}),
    ("caution_statin_with_muscle_signs", {"severe_pain": "present"}, {"statin": "yes"}),
    ("caution_acid_suppressant_with_low_magnesium", {"serum_magnesium": "0.8 mmol/L"},
     {"acid_suppressant": "long_term"}),
    ("caution_vitamin_d_with_excess", {"vitamin_d_25oh": "40 ng/mL"},
     {"vitamin_d_dose": "up_to_4000_iu"}),
    ("caution_vitamin_b6_with_nerve_signs", {"monofilament_test": "negative"},
     {"vitamin_b6_dose": "up_to_100_mg"}),
]  # fmt: skip


@cache
def network():
    return eg.load("leg_cramps")


def ids(findings, changes=None):
    return [flag.id for flag in red_flags(network(), findings, changes)]


@pytest.mark.parametrize(("rule", "findings"), FIRES)
def test_rule_fires(rule, findings):
    assert rule in ids(findings)


@pytest.mark.parametrize(("rule", "findings"), SILENT)
def test_rule_is_silent(rule, findings):
    assert rule not in ids(findings)


@pytest.mark.parametrize(("rule", "findings", "changes"), CAUTIONS)
def test_caution_fires_on_the_change_alone(rule, findings, changes):
    assert rule in ids(findings, changes)
    assert rule not in ids(findings)


@pytest.mark.parametrize(("rule", "findings", "changes"), UNMOVED)
def test_caution_is_silent(rule, findings, changes):
    assert rule not in ids(findings, changes)


def test_no_caution_for_what_is_already_so():
    assert ids({"diuretic": "none"}, {"diuretic": "none"}) == []
    assert ids({"magnesium_supplement": "yes"}, {"magnesium_supplement": "yes"}) == []
    assert ids({}, {"stretching_before_bed": "yes", "compression_stockings": "yes"}) == []


def test_every_rule_is_tested_and_says_why():
    known = {rule["id"] for rule in network().rules}
    assert {rule for rule, *_ in (*FIRES, *CAUTIONS)} == known
    assert {rule for rule, *_ in (*SILENT, *UNMOVED)} == known
    for rule in network().rules:
        assert rule["level"] in LEVELS
        assert rule["message"]
        assert rule.get("source", "").startswith("expert") or rule.get("evidence")
        assert "statement" not in rule["message"]  # the reader has not read the clinical text


def test_a_flag_says_what_set_it_off():
    flag, *_ = red_flags(network(), {"serum_potassium": "2.5 mmol/L"})
    assert flag.id == "urgent_potassium_low"
    assert flag.level == "urgent"
    assert flag.source == "E671, E672"
    assert flag.because == ("serum potassium 2.5 mmol/L",)


def test_most_urgent_first():
    findings = {"severe_pain": "present", "leg_swelling": "one_leg",
                "breathlessness_or_chest_pain": "present"}  # fmt: skip
    levels = [f.level for f in red_flags(network(), findings, {"diuretic": "none"})]
    assert levels == sorted(levels, key=LEVELS.index)
    assert levels[0] == "emergency"
    assert levels[-1] == "caution"


PREGNANCY = [state for state in eg.load("leg_cramps").variables["pregnancy"].states
             if state != "none"]  # fmt: skip
LEG = [{"leg_swelling": "one_leg"}, {"leg_swelling": "both_legs"},
       {"warmth_or_redness": "present"},
       {"leg_swelling": "both_legs", "warmth_or_redness": "present"}]  # fmt: skip


@pytest.mark.parametrize("pregnancy", PREGNANCY)
@pytest.mark.parametrize("leg", LEG)
def test_in_pregnancy_any_swelling_warmth_or_redness_is_urgent_and_said_once(pregnancy, leg):
    found = {"pregnancy": pregnancy, **leg}
    said = shown(red_flags(network(), found))
    assert [flag.level for flag in said] == ["urgent"]
    harmless = leg == {"leg_swelling": "both_legs"}
    assert ("mostly harmless" in said[0].message) == harmless
    said = shown(red_flags(network(), {**found, "breathlessness_or_chest_pain": "present"}))
    assert [flag.level for flag in said] == ["emergency"]


def test_nothing_pressing_is_folded_under_what_does_not_name_it():
    for rule in network().rules:
        if rule["level"] not in PRESSING:
            continue
        for name, findings in FIRES:
            if name != rule["id"]:
                continue
            flags = red_flags(network(), findings)
            own = next(flag for flag in flags if flag.id == name)
            assert any(set(own.because) <= set(flag.because) for flag in shown(flags))


def test_a_visit_is_not_advised_beside_a_pressing_sign_of_the_same_finding():
    said = [f.id for f in shown(red_flags(network(), {"leg_swelling": "one_leg"}))]
    assert said == ["urgent_one_sided_swelling"]
    said = [f.id for f in shown(red_flags(network(), {"leg_swelling": "both_legs"}))]
    assert said == ["see_leg_swelling"]


def test_what_stands_for_confusion_says_what_confusion_asks_for():
    """A pressing rule that folds the one on confusion away tells when it is "now"."""
    for rule in network().rules:
        if rule["level"] == "urgent" and "confusion_or_fits" in names(rule):
            assert re.search("hospital|ambulance", rule["message"]), rule["id"]


@pytest.mark.parametrize(
    ("findings", "first"),
    [
        # An emergency in everybody; then what is dangerous in everybody, in the order of the rules.
        ({}, ["cold_pale_leg", "bladder_or_saddle_symptoms"]),
        # A fit in late pregnancy is an emergency, a warm leg urgent; else neither is.
        (
            {"pregnancy": "third_trimester"},
            ["confusion_or_fits", "cold_pale_leg", "bladder_or_saddle_symptoms", "leg_swelling"],
        ),
        # Breathlessness is an emergency beside a swollen leg, fever urgent where it is hot.
        (
            {"sex": "male", "leg_swelling": "one_leg", "warmth_or_redness": "present"},
            ["breathlessness_or_chest_pain", "cold_pale_leg", "bladder_or_saddle_symptoms", "fever"],
        ),
        ({"serum_calcium": "2.9 mmol/L"}, ["cold_pale_leg", "bladder_or_saddle_symptoms",
                                           "confusion_or_fits", "thirst_or_constipation"]),
    ],
)  # fmt: skip
def test_danger_signs_go_by_danger_and_then_by_what_is_known(findings, first):
    signs = danger_signs(network(), findings)
    foremost = [name for name, own in signs.items() if own]
    assert foremost[: len(first)] == first
    assert [*signs][: len(foremost)] == foremost
    assert {*danger_signs(network(), {})} - {*signs} <= {"leg_swelling", *findings}


def test_nobody_is_asked_what_cannot_be():
    net = network()
    assert "pregnancy" in danger_signs(net, {"statin": "yes"})
    for found in ({"sex": "male"}, {"age": "65_and_over"}, {"age": eg.not_("under_50")}):
        assert "pregnancy" not in danger_signs(net, {"statin": "yes", **found})


def test_nothing_known_raises_nothing():
    assert ids({}) == []
    assert ids({"leg_swelling": eg.unknown, "cold_pale_leg": "absent"}) == []


def test_no_evidence_argues_a_rule_away():
    findings = {"leg_swelling": "one_leg", "d_dimer": "negative",
                "duplex_for_thrombosis": "negative"}  # fmt: skip
    assert "urgent_one_sided_swelling" in ids(findings)


def test_soft_findings_count_as_what_they_most_support():
    suspected = eg.likelihood(absent=1, both_legs=1, one_leg=4)
    assert "urgent_one_sided_swelling" in ids({"leg_swelling": suspected})
    assert ids({"leg_swelling": eg.likelihood(absent=4, both_legs=1, one_leg=1)}) == []
    assert "see_leg_swelling" in ids({"leg_swelling": eg.not_("absent")})
    several = ["one_leg", eg.likelihood(absent=1, both_legs=1, one_leg=2)]
    assert "urgent_one_sided_swelling" in ids({"leg_swelling": several})


def test_rules_fire_on_contradictory_findings_too():
    impossible = {"sex": "male", "pregnancy": PREGNANT, "leg_swelling": "one_leg"}
    assert "urgent_one_sided_swelling" in ids(impossible)


def test_a_name_that_is_not_known_is_refused():
    with pytest.raises(eg.UnknownName):
        red_flags(network(), {"cold_pail_leg": "present"})
