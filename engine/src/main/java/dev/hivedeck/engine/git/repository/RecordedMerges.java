package dev.hivedeck.engine.git.repository;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The merges of changes that main carries, as their own messages and trailers tell of them. */
public final class RecordedMerges {
  private static final String FORMAT =
      "%H%x00%P%x00%ct%x00%s%x00%(trailers:key=Hivedeck-Task,valueonly,separator=%x20)"
          + "%x00%(trailers:key=Hivedeck-Attempt,valueonly,separator=%x20)"
          + "%x00%(trailers:key=Hivedeck-Agent,valueonly,separator=%x20)%x00%b%x1e";

  private static final Pattern SUBJECT = Pattern.compile("Merge #\\d+ [^:]+: (.*)");

  /** Abbreviated where {@code revert.reference} is set. */
  private static final Pattern REVERTS = Pattern.compile("This reverts commit ([0-9a-f]{7,64})");

  private RecordedMerges() {}

  /**
   * A change that is on main.
   *
   * @param base main before it
   * @param head what was merged
   */
  public record RecordedMerge(
      String commit,
      String base,
      String head,
      Instant at,
      String title,
      String task,
      String attempt,
      String agent) {}

  /**
   * Those that main has and that no later commit took back, the latest last.
   *
   * @param since only those after this commit; null, or one that main does not have, for all
   */
  public static List<RecordedMerge> of(Repository repository, String since) {
    String tip = repository.tip();
    boolean known = since != null && repository.has(since) && repository.contains(since, tip);
    return in(repository, known ? since + ".." + tip : tip);
  }

  /** Those that one commit has and another has not. */
  public static List<RecordedMerge> between(Repository repository, String without, String with) {
    return repository.has(without) && repository.has(with)
        ? in(repository, without + ".." + with)
        : List.of();
  }

  private static List<RecordedMerge> in(Repository repository, String range) {
    String[] command = {
      "log",
      "--first-parent",
      "--basic-regexp",
      "--grep=^Hivedeck-Task: ",
      "--grep=This reverts commit ",
      "--format=" + FORMAT,
      range,
      "--"
    };
    var found = new ArrayList<RecordedMerge>();
    Set<String> reverted = new HashSet<>();
    for (String entry : repository.git().must(command).split("\u001e")) {
      String[] parts = entry.strip().split("\0", -1);
      if (parts.length < 8) {
        continue;
      }
      if (has(reverted, parts[0])) {
        continue; // neither does what it took back stay away
      }
      Matcher reverts = REVERTS.matcher(parts[7]);
      while (reverts.find()) {
        reverted.add(reverts.group(1));
      }
      Matcher subject = SUBJECT.matcher(parts[3]);
      String[] parents = parts[1].split(" ");
      if (parents.length == 2 && !parts[4].isBlank() && subject.matches()) {
        found.addFirst(
            new RecordedMerge(
                parts[0],
                parents[0],
                parents[1],
                Instant.ofEpochSecond(Long.parseLong(parts[2])),
                subject.group(1),
                parts[4].strip(),
                parts[5].strip(),
                parts[6].strip()));
      }
    }
    return found;
  }

  private static boolean has(Set<String> reverted, String commit) {
    return reverted.stream().anyMatch(commit::startsWith);
  }
}
