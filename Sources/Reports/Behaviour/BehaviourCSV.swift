/// The figures of how servers behave as CSV: a file for each of the three; nil where a run did not look at it.
public enum BehaviourCSV {
  /// `faults.csv`: a row for each trial.
  public static func faults(_ run: RunSummary) -> String? { FaultFiles.csv(run) }
}
