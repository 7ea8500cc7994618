// swift-tools-version: 6.2

import PackageDescription

/// The generator shares the machine with what it measures, so it is optimized in debug builds too:
/// `swift test` has to measure the servers and not the compiler's debug code. So is what simulates runs of the gate.
let optimizedInDebug: [SwiftSetting] = [
  .unsafeFlags(["-O", "-enforce-exclusivity=unchecked"], .when(configuration: .debug)),
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// The speed probe in it has to be the same code wherever it runs.
let sameInDebug: [CSetting] = [.unsafeFlags(["-O2"], .when(configuration: .debug))]

/// As .ci/run has it: no warning is left to be seen by whoever builds a fresh clone. A newer compiler may have more of them.
let warningsAreErrors = Context.environment["WARNINGS_AS_ERRORS"] == "1"

let package = Package(
  name: "framework-shootout",
  products: [
    .executable(name: "shootout", targets: ["shootout"])
  ],
  targets: [
    .target(name: "CLinux", cSettings: sameInDebug),
    .target(name: "CFloor", cSettings: sameInDebug),
    .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(name: "Text", swiftSettings: optimizedInDebug),
    .target(name: "Histogram", dependencies: ["Text"], swiftSettings: optimizedInDebug),
    .target(name: "SeededRandom", swiftSettings: optimizedInDebug),
    .target(name: "Statistics", dependencies: ["SeededRandom"], swiftSettings: optimizedInDebug),
    .target(name: "WireFormats", dependencies: ["Text"], swiftSettings: optimizedInDebug),
    .target(
      name: "LoadEngine", dependencies: ["CLinux", "Histogram", "SeededRandom", "Text", "WireFormats"],
      swiftSettings: optimizedInDebug),
    .target(name: "Results", dependencies: ["Histogram", "Text"]),
    .target(name: "Gate", dependencies: ["Results", "Statistics", "Text"], swiftSettings: optimizedInDebug),
    .target(name: "Reports", dependencies: ["Results", "Gate", "Statistics", "Histogram", "Text"]),
    .target(name: "Machine", dependencies: ["CLinux", "LoadEngine", "Results", "Statistics"]),
    .target(
      name: "Stack", dependencies: ["CLinux", "CLibpq", "LoadEngine", "Machine", "Results", "Text", "WireFormats"]),
    .target(
      name: "BenchSupport",
      dependencies: [
        "LoadEngine", "Histogram", "SeededRandom", "Statistics", "Text", "Results", "Gate", "Machine", "Stack",
        "WireFormats",
      ]),
    .target(
      name: "Profiling",
      dependencies: [
        "CLinux", "LoadEngine", "Machine", "Stack", "BenchSupport", "Reports", "Results", "Statistics", "Text",
      ]),
    .target(
      name: "Behaviour",
      dependencies: [
        "BenchSupport", "Gate", "Histogram", "LoadEngine", "Machine", "Reports", "Results", "SeededRandom", "Stack",
        "Statistics", "Text", "WireFormats",
      ]),
    .target(
      name: "EngineBenchmark",
      dependencies: ["CFloor", "CLinux", "LoadEngine", "Machine", "Stack", "Statistics", "Text", "WireFormats"]),
    .target(
      name: "Doctor",
      dependencies: ["LoadEngine", "Machine", "Stack", "EngineBenchmark", "Gate", "Statistics", "Text"]),
    .target(
      name: "BenchTesting", dependencies: ["BenchSupport", "LoadEngine", "Results", "Gate", "Reports", "Stack"]),
    .executableTarget(
      name: "shootout",
      dependencies: [
        "BenchSupport", "Histogram", "LoadEngine", "Text", "Results", "Gate", "Reports", "Statistics", "Machine",
        "Stack", "Profiling", "Behaviour", "EngineBenchmark", "Doctor", "WireFormats",
      ]),
    .target(
      name: "TestSupport", dependencies: ["LoadEngine", "SeededRandom", "WireFormats"], path: "Tests/TestSupport"),
    .target(
      name: "SyntheticResults", dependencies: ["Results", "Gate", "Reports", "Statistics", "Histogram"],
      path: "Tests/SyntheticResults"),
    .testTarget(name: "TextTests", dependencies: ["Text"]),
    .testTarget(name: "HistogramTests", dependencies: ["Histogram", "SeededRandom", "Text"]),
    .testTarget(
      name: "StatisticsTests", dependencies: ["Statistics", "SeededRandom", "TestSupport"], exclude: ["Reference"]),
    .testTarget(
      name: "ResultsTests", dependencies: ["Results", "Histogram", "SeededRandom", "SyntheticResults"], exclude: ["Old"]
    ),
    .testTarget(
      name: "GateTests",
      dependencies: [
        "Gate", "Results", "Statistics", "SeededRandom", "BenchTesting", "SyntheticResults", "TestSupport",
      ], swiftSettings: optimizedInDebug),
    .testTarget(
      name: "ReportsTests",
      dependencies: [
        "Reports", "Gate", "Histogram", "Results", "Statistics", "SeededRandom", "Text", "SyntheticResults",
        "TestSupport",
      ],
      exclude: ["Golden"]),
    .testTarget(name: "WireFormatsTests", dependencies: ["WireFormats", "SeededRandom", "Text"]),
    .testTarget(
      name: "LoadEngineTests",
      dependencies: [
        "LoadEngine", "EngineBenchmark", "Histogram", "SeededRandom", "Text", "WireFormats", "BenchTesting",
        "TestSupport", "shootout",
      ]),
    .testTarget(
      name: "MachineTests", dependencies: ["Machine", "LoadEngine", "Results", "BenchTesting", "TestSupport"]),
    .testTarget(
      name: "StackTests",
      dependencies: [
        "Stack", "CLibpq", "Machine", "BenchSupport", "Profiling", "LoadEngine", "Results", "BenchTesting",
        "TestSupport",
        "shootout",
      ]),
    .testTarget(
      name: "BenchSupportTests",
      dependencies: [
        "Behaviour", "BenchSupport", "Histogram", "SeededRandom", "Statistics", "Text", "Results", "Gate", "Reports",
        "Machine", "Stack", "EngineBenchmark", "WireFormats", "LoadEngine", "BenchTesting", "SyntheticResults",
        "TestSupport",
        "shootout",
      ],
      exclude: ["Golden"]),
    .testTarget(
      name: "ProfilingTests",
      dependencies: ["Profiling", "Machine", "Stack", "Statistics", "BenchTesting", "TestSupport"],
      exclude: ["Golden"]),
    .testTarget(
      name: "BehaviourTests",
      dependencies: [
        "Behaviour", "BenchSupport", "BenchTesting", "Gate", "Histogram", "LoadEngine", "Machine", "Reports", "Results",
        "SeededRandom", "Stack", "Statistics", "SyntheticResults", "TestSupport", "Text", "WireFormats", "shootout",
      ]),
    .testTarget(
      name: "EngineBenchmarkTests", dependencies: ["EngineBenchmark", "Statistics", "BenchTesting", "TestSupport"]),
    .testTarget(
      name: "DoctorTests", dependencies: ["Doctor", "Machine", "Stack", "BenchTesting", "TestSupport"],
      exclude: ["Golden"]),
    .testTarget(
      name: "ParityTests",
      dependencies: [
        "Behaviour", "BenchTesting", "Results", "SeededRandom", "Stack", "TestSupport", "Text", "WireFormats",
        "shootout",
      ]),
    .testTarget(name: "PerfTests", dependencies: ["BenchTesting", "shootout"]),
  ]
)

if warningsAreErrors {
  for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
  }
}
