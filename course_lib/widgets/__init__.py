"""The course's widgets: moving pictures that compute with `course_lib.nn`, or with the learner's own code."""

from course_lib.widgets.attention_picture import AttentionPicture
from course_lib.widgets.backprop_stepper import BackpropStepper
from course_lib.widgets.confusion_and_cost import ConfusionAndCost
from course_lib.widgets.course_map import CourseMap
from course_lib.widgets.data_hunger import DataHunger
from course_lib.widgets.forecast_and_cost import ForecastAndCost
from course_lib.widgets.gate_explorer import GateExplorer
from course_lib.widgets.gradient_checker import GradientChecker
from course_lib.widgets.kernel_explorer import KernelExplorer
from course_lib.widgets.loss_explorer import LossExplorer
from course_lib.widgets.memory_knob import MemoryKnob
from course_lib.widgets.network_inspector import NetworkInspector
from course_lib.widgets.neuron_bench import NeuronBench
from course_lib.widgets.optimizer_race import OptimizerRace
from course_lib.widgets.pooling_explorer import PoolingExplorer
from course_lib.widgets.precision_bench import PrecisionBench
from course_lib.widgets.quiz import Quiz
from course_lib.widgets.remaining_life_monitor import RemainingLifeMonitor
from course_lib.widgets.straight_or_bent import StraightOrBent
from course_lib.widgets.token_explorer import TokenExplorer
from course_lib.widgets.training_monitor import TrainingMonitor
from course_lib.widgets.unrolled_network import UnrolledNetwork
from course_lib.widgets.which_one_wins import WhichOneWins

__all__ = [
    "AttentionPicture",
    "BackpropStepper",
    "ConfusionAndCost",
    "CourseMap",
    "DataHunger",
    "ForecastAndCost",
    "GateExplorer",
    "GradientChecker",
    "KernelExplorer",
    "LossExplorer",
    "MemoryKnob",
    "NetworkInspector",
    "NeuronBench",
    "OptimizerRace",
    "PoolingExplorer",
    "PrecisionBench",
    "Quiz",
    "RemainingLifeMonitor",
    "StraightOrBent",
    "TokenExplorer",
    "TrainingMonitor",
    "UnrolledNetwork",
    "WhichOneWins",
]
