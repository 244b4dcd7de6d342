package dev.hivedeck.engine.gate;

import dev.hivedeck.engine.git.diff.ChangedFile;
import dev.hivedeck.engine.git.diff.CodeOwners;
import dev.hivedeck.engine.git.diff.Diffs;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.view.GateViews.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What the gates say that need no command: they read the objects of the commit. */
final class BuiltInGates {
  private static final int LONGEST_MESSAGE = 300;

  /** Words that stand where work should be. */
  private static final Pattern PLACEHOLDER =
      Pattern.compile(
          "\\b(TODO|FIXME|XXX)\\b|NotImplementedError|NotImplementedException|not implemented yet"
              + "|unimplemented!\\(|todo!\\(|(rest|remainder) of (the )?(code|file|implementation)"
              + "|your code here|implementation goes here|lorem ipsum",
          Pattern.CASE_INSENSITIVE);

  private BuiltInGates() {}

  static GateVerdict owners(GateSubject subject, List<ChangedFile> files) {
    if (subject.owns().isEmpty()) {
      return GateVerdict.passed("owns everything");
    }
    var outside = new ArrayList<Finding>();
    for (var file : files) {
      for (String path : file.paths()) {
        if (!CodeOwners.owns(subject.owns(), path)) {
          outside.add(new Finding(path, 0, "is outside of " + String.join(", ", subject.owns())));
        }
      }
    }
    return outside.isEmpty()
        ? GateVerdict.passed(Plural.of(files.size(), "file") + ", all its own")
        : GateVerdict.failed(
            outside.size()
                + (outside.size() == 1 ? " file is" : " files are")
                + " not its own: "
                + outside.getFirst().file(),
            outside);
  }

  static GateVerdict size(
      GateSpec.Limits limits, List<ChangedFile> files, Map<String, Long> bytes) {
    long lines = files.stream().mapToLong(f -> f.additions() + f.deletions()).sum();
    long size = bytes.values().stream().mapToLong(Long::longValue).sum();
    if (above(lines, limits.max())) {
      return GateVerdict.failed(
          Plural.of(lines, "line") + ", at most " + Plural.number(limits.max()) + " pass",
          List.of(new Finding(null, 0, "Split the work into smaller tasks.")));
    }
    if (above(size, limits.maxBytes())) {
      return GateVerdict.failed(
          words(size) + " come with it, at most " + words(limits.maxBytes()) + " pass",
          largest(bytes));
    }
    long binary = files.stream().filter(f -> !f.lines()).count();
    long brought = files.stream().filter(f -> !f.lines()).mapToLong(f -> bytes.get(f.path())).sum();
    if (limits.maxBytes() == 0 && brought > GateSpec.Limits.BINARY_BYTES) {
      return GateVerdict.failed(
          words(brought)
              + " of binary files come with it, which have no lines to count; at most "
              + words(GateSpec.Limits.BINARY_BYTES)
              + " pass where no maxBytes is given",
          largest(bytes));
    }
    if (above(lines, limits.warn())) {
      return GateVerdict.warned(
          Plural.of(lines, "line") + ", best below " + Plural.number(limits.warn()), List.of());
    }
    if (above(size, limits.warnBytes())) {
      return GateVerdict.warned(
          words(size) + " come with it, best below " + words(limits.warnBytes()), largest(bytes));
    }
    return GateVerdict.passed(
        Plural.of(lines, "line")
            + (binary == 0
                ? ""
                : ", " + Plural.of(binary, "binary file") + " of " + words(brought)));
  }

  private static boolean above(long number, long limit) {
    return limit > 0 && number > limit;
  }

  private static List<Finding> largest(Map<String, Long> bytes) {
    return bytes.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(5)
        .map(e -> new Finding(e.getKey(), 0, "brings " + words(e.getValue())))
        .toList();
  }

  private static String words(long bytes) {
    return bytes < 1 << 20
        ? "%d kB".formatted((bytes + 1023) >> 10)
        : "%d MB".formatted(bytes >> 20);
  }

  /** What it cannot read it names: that passes with a warning at best. */
  static GateVerdict placeholders(GateSubject subject, List<ChangedFile> files) {
    var found = new ArrayList<Finding>();
    var unread = new ArrayList<Finding>();
    for (var file : files) {
      if (!file.read() && !file.mode().equals("000000")) {
        unread.add(new Finding(file.path(), 0, "is too large to be read line by line"));
      }
    }
    Diffs.added(
        subject.git(),
        subject.base(),
        subject.head(),
        (path, number, text, cut) -> {
          if (found.size() < Checkpoint.FINDINGS && PLACEHOLDER.matcher(text).find()) {
            found.add(new Finding(path, number, "leaves a placeholder: `" + shortened(text) + "`"));
          } else if (cut && unread.size() < Checkpoint.FINDINGS) {
            unread.add(new Finding(path, number, "is too long a line to be read whole"));
          }
        });
    if (!found.isEmpty()) {
      return GateVerdict.failed(
          (found.size() == Checkpoint.FINDINGS ? "at least " : "")
              + Plural.of(found.size(), "placeholder")
              + " left",
          found);
    }
    if (!unread.isEmpty()) {
      return GateVerdict.warned("too large to read whole: " + unread.getFirst().file(), unread);
    }
    long binary = files.stream().filter(f -> !f.lines()).count();
    return GateVerdict.passed(
        "no placeholders"
            + (binary == 0 ? "" : ", " + Plural.of(binary, "binary file") + " not read"));
  }

  private static String shortened(String text) {
    String line = GateCommand.plain(text).strip();
    return line.length() > LONGEST_MESSAGE ? line.substring(0, LONGEST_MESSAGE) + "…" : line;
  }
}
