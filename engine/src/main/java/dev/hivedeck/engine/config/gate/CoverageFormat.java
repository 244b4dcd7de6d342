package dev.hivedeck.engine.config.gate;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** In which form a test run says which lines it reached. */
public enum CoverageFormat {
  /** The tracefile of LCOV; what Istanbul, c8 and cargo-llvm-cov write too. */
  LCOV,
  /** The XML of Cobertura, and of coverage.py. */
  COBERTURA,
  /** The XML report of JaCoCo. */
  JACOCO,
  /** What {@code go test -coverprofile} writes. */
  GO;

  /** As {@code hive.yaml} has it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Empty where none is called so. */
  public static Optional<CoverageFormat> of(String word) {
    return Arrays.stream(values()).filter(format -> format.word().equals(word)).findFirst();
  }

  /** All of them, for people. */
  public static String words() {
    return Arrays.stream(values()).map(CoverageFormat::word).collect(Collectors.joining(", "));
  }
}
