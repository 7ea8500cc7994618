/// The part `behaviour` of `results.json`: how servers behave as load grows, lasts and fails.
enum BehaviourJSON {
  /// nil of a run that did not look.
  static func object(_ run: RunSummary) -> JSONObject? {
    run.manifest.behaviour == nil ? nil : ["soak": SoakJSON.object(run)]
  }
}
