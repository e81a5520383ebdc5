package checks

import (
	"github.com/mlobs-gen/mlobs-gen/internal/metric"
	"github.com/mlobs-gen/mlobs-gen/spec"
)

// What an evaluation can look at.
const (
	ofScores      = "scores"
	ofValues      = "values"
	ofCalibration = "calibration"
)

// The parts of an evaluation, as specs name them.
const (
	partCount         = "count"
	partPositive      = "positive"
	partNegative      = "negative"
	partAbsolute      = "absolute"
	partSquared       = "squared"
	partPredicted     = "predicted"
	partActual        = "actual"
	partActualSquared = "actual_squared"
	partCorrect       = "correct"
	partConfidence    = "confidence"
)

const sklearn = "scikit-learn"

// classQuality are computed from a counter by true and predicted class. TP, P and T of a class: how often it was
// predicted rightly, how often it was predicted, how often it was true; N is the number of all.
var classQuality = []*Method{
	{
		Name: "accuracy", Title: "accuracy", Of: ofClasses, Formula: "Σ TP / N", Source: sklearn + " (accuracy_score)",
		Op: spec.Below, Low: "0", High: "1", Unit: metric.Ratio(),
		Reading: "The share of predictions that were right. With rare classes it is high for a model that never finds them: look at recall, too.",
	},
	{
		Name: "precision", Title: "precision", Of: ofClasses, Formula: "TP / P of each class, or of `class`; 0 for a class that is never predicted", Source: sklearn + " (precision_score, zero_division=0)",
		Op: spec.Below, Low: "0", High: "1", Unit: metric.Ratio(),
		Reading: "Of what was predicted to be of the class, the share that was. Low: false alarms.",
	},
	{
		Name: "recall", Title: "recall", Of: ofClasses, Formula: "TP / T of each class, or of `class`; 0 for a class that is predicted and never true", Source: sklearn + " (recall_score, zero_division=0)",
		Op: spec.Below, Low: "0", High: "1", Unit: metric.Ratio(),
		Reading: "Of what truly is of the class, the share that was found. Low: cases that are missed.",
	},
	{
		Name: "f1", Title: "F1", Of: ofClasses, Formula: "2 · TP / (P + T) of each class, or of `class`", Source: sklearn + " (f1_score, zero_division=0)",
		Op: spec.Below, Low: "0", High: "1", Unit: plain,
		Reading: "Between precision and recall, nearer to the lower of them.",
	},
	{
		Name: "fpr", Title: "false positive rate", Of: ofClasses, Formula: "(P − TP) / (N − T) of each class, or of `class`", Source: sklearn + " (roc_curve)",
		Op: spec.Above, Low: "0", High: "1", Unit: metric.Ratio(),
		Reading: "Of what is not of the class, the share that was said to be.",
	},
	{
		Name: "macro_f1", Title: "macro F1", Of: ofClasses, Formula: "mean of F1 over the classes that are true or predicted in the window", Source: sklearn + " (f1_score, average=macro, zero_division=0)",
		Op: spec.Below, Low: "0", High: "1", Unit: plain,
		Reading: "Each class counts the same, however rare it is.",
	},
	{
		Name: "micro_f1", Title: "micro F1", Of: ofClasses, Formula: "2 · Σ TP / (Σ P + Σ T), which is the accuracy", Source: sklearn + " (f1_score, average=micro)",
		Op: spec.Below, Low: "0", High: "1", Unit: plain,
		Reading: "Each prediction counts the same. Where each has one class it is the accuracy.",
	},
	{
		Name: "weighted_f1", Title: "weighted F1", Of: ofClasses, Formula: "Σ T · F1 / N", Source: sklearn + " (f1_score, average=weighted, zero_division=0)",
		Op: spec.Below, Low: "0", High: "1", Unit: plain,
		Reading: "Each class counts as often as it is true.",
	},
	{
		Name: "macro_precision", Title: "macro precision", Of: ofClasses, Formula: "mean of precision over the classes that are true or predicted in the window", Source: sklearn + " (precision_score, average=macro, zero_division=0)",
		Op: spec.Below, Low: "0", High: "1", Unit: metric.Ratio(),
		Reading: "Each class counts the same, however rare it is.",
	},
	{
		Name: "macro_recall", Title: "macro recall", Of: ofClasses, Formula: "mean of recall over the classes that are true or predicted in the window", Source: sklearn + " (recall_score, average=macro, zero_division=0)",
		Op: spec.Below, Low: "0", High: "1", Unit: metric.Ratio(),
		Reading: "Each class counts the same, however rare it is. A class that is predicted and never true counts as 0.",
	},
	{
		Name: "balanced_accuracy", Title: "balanced accuracy", Of: ofClasses, Formula: "mean of TP / T over the classes that are true in the window", Source: sklearn + " (balanced_accuracy_score)",
		Op: spec.Below, Low: "0", High: "1", Unit: metric.Ratio(),
		Reading: "Accuracy as if all classes were equally frequent. A model that always says the same gets 1 divided by the number of classes.",
	},
	{
		Name: "kappa", Title: "kappa", Of: ofClasses, Formula: "(N · Σ TP − Σ P · T) / (N² − Σ P · T)", Source: "Cohen 1960; " + sklearn + " (cohen_kappa_score)",
		Op: spec.Below, Low: "-1", High: "1", Unit: plain,
		Reading: "Agreement beyond chance: 0 is what guessing with the same shares would reach.",
	},
	{
		Name: "mcc", Title: "MCC", Of: ofClasses, Formula: "(N · Σ TP − Σ P · T) / √((N² − Σ P²) · (N² − Σ T²)), for any number of classes; 0 where only one class is predicted, or only one is true", Source: "Matthews 1975, Gorodkin 2004; " + sklearn + " (matthews_corrcoef)",
		Op: spec.Below, Low: "-1", High: "1", Unit: plain,
		Reading: "The correlation of truth and prediction: 1 is perfect, 0 is guessing. It is not impressed by a frequent class.",
	},
}

// scoreQuality, valueQuality and calibrations are computed from several metrics that belong together.
var scoreQuality = []*Method{
	{
		Name: "auc", Title: "AUC", Of: ofScores, Parts: []string{partPositive, partNegative},
		Formula: "Σ over buckets of the share of negatives in it · (1 − (F + F of the bucket before) / 2), F the share of positives up to a bucket: a tie within a bucket counts a half", Source: "Hanley and McNeil 1982; " + sklearn + " (roc_auc_score of bucketed scores)",
		Op: spec.Below, Low: "0", High: "1", Unit: plain,
		Reading: "The chance that a positive has a higher score than a negative: 0.5 is guessing. More buckets make it more exact.",
	},
	{
		Name: "ks", Title: "KS separation", Of: ofScores, Parts: []string{partPositive, partNegative},
		Formula: "the largest distance between the shares of positives and of negatives up to a bucket", Source: "Siddiqi, Credit Risk Scorecards, 2006",
		Op: spec.Below, Low: "0", High: "1", Unit: plain,
		Reading: "How far the score tells the two apart at its best cut: 0 is not at all.",
	},
}

var valueQuality = []*Method{
	{
		Name: "mae", Title: "mean absolute error", Of: ofValues, Parts: []string{partAbsolute, partCount},
		Formula: "Σ |predicted − actual| / n", Source: sklearn + " (mean_absolute_error)",
		Op: spec.Above, Low: "0",
		Reading: "How far a prediction is off on average, in the unit of the value.",
	},
	{
		Name: "rmse", Title: "root mean squared error", Of: ofValues, Parts: []string{partSquared, partCount},
		Formula: "√(Σ (predicted − actual)² / n)", Source: sklearn + " (root_mean_squared_error)",
		Op: spec.Above, Low: "0",
		Reading: "As the mean absolute error, and large errors count more.",
	},
	{
		Name: "bias", Title: "bias", Of: ofValues, Parts: []string{partPredicted, partActual, partCount},
		Formula: "(Σ predicted − Σ actual) / n; the limit holds for both signs", Source: "mean error",
		Op:      spec.Above,
		Reading: "Above 0 the model says too much, below 0 too little.",
	},
	{
		Name: "r2", Title: "R²", Of: ofValues, Parts: []string{partSquared, partActual, partActualSquared, partCount},
		Formula: "1 − Σ (predicted − actual)² / (Σ actual² − (Σ actual)² / n)", Source: sklearn + " (r2_score)",
		Op: spec.Below, High: "1", Unit: plain,
		Reading: "1 is perfect, 0 is as good as always saying the mean, and it may be worse than that.",
	},
	{
		Name: "brier", Title: "Brier score", Of: ofValues, Parts: []string{partSquared, partCount},
		Formula: "Σ (probability − truth)² / n, the truth 0 or 1", Source: "Brier 1950; " + sklearn + " (brier_score_loss)",
		Op: spec.Above, Low: "0", High: "1", Unit: plain,
		Reading: "0 is perfect; 0.25 is what always saying one half gets.",
	},
}

var calibrations = []*Method{
	{
		Name: "ece", Title: "expected calibration error", Of: ofCalibration, Parts: []string{partCount, partCorrect, partConfidence},
		Formula: "Σ over bins of |correct − sum of confidence| / n", Source: "Naeini 2015; Guo 2017",
		Op: spec.Above, Low: "0", High: "1", Unit: metric.Ratio(),
		Reading: "By how much confidence and accuracy differ on average. At 0 a confidence of 90 % is right in 90 of 100 cases.",
	},
	{
		Name: "mce", Title: "maximum calibration error", Of: ofCalibration, Parts: []string{partCount, partCorrect, partConfidence},
		Formula: "the largest |accuracy − mean confidence| of a bin", Source: "Naeini 2015",
		Op: spec.Above, Low: "0", High: "1", Unit: metric.Ratio(),
		Reading: "The bin in which confidence says least about accuracy. A bin with few samples makes it large.",
	},
}
