/// `behaviour` of `results.json`: what a run saw of how servers behave; absent of a run that did not look at it.
enum BehaviourJSON {
  static func object(_ run: RunSummary) -> JSONObject? {
    guard run.manifest.behaviour != nil else { return nil }
    return [
      "curve": run.behaviour.curve.isEmpty ? nil : CurveJSON.curves(run), "soak": SoakJSON.object(run),
      "faults": FaultFiles.json(run),
    ]
  }
}
