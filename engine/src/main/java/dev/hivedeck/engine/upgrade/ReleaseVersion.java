package dev.hivedeck.engine.upgrade;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/** A version in three numbers. */
record ReleaseVersion(int major, int minor, int patch) implements Comparable<ReleaseVersion> {
  private static final Pattern FORM =
      Pattern.compile("(0|[1-9]\\d{0,5})\\.(0|[1-9]\\d{0,5})\\.(0|[1-9]\\d{0,5})");

  private static final Comparator<ReleaseVersion> ORDER =
      Comparator.comparingInt(ReleaseVersion::major)
          .thenComparingInt(ReleaseVersion::minor)
          .thenComparingInt(ReleaseVersion::patch);

  static Optional<ReleaseVersion> of(String text) {
    var parts = FORM.matcher(text);
    return parts.matches()
        ? Optional.of(
            new ReleaseVersion(
                Integer.parseInt(parts.group(1)),
                Integer.parseInt(parts.group(2)),
                Integer.parseInt(parts.group(3))))
        : Optional.empty();
  }

  @Override
  public int compareTo(ReleaseVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
