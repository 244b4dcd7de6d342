package dev.hivedeck.engine.git.repository;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The merges of changes that main carries, as their own messages and trailers tell of them. */
public final class RecordedMerges {
  /** Names the last commit of the work, on what was made of it. */
  public static final String HEAD = "Hivedeck-Head";

  /** Names main as it was before, where several commits were made. */
  public static final String BASE = "Hivedeck-Base";

  /** Names the change as people do, on commits that have their own subjects. */
  public static final String TITLE = "Hivedeck-Title";

  private static final String FORMAT =
      "%H%x00%P%x00%ct%x00%s%x00"
          + String.join(
              "%x00",
              trailer("Hivedeck-Task"),
              trailer("Hivedeck-Attempt"),
              trailer("Hivedeck-Agent"),
              trailer(HEAD),
              trailer(BASE),
              trailer(TITLE))
          + "%x00%b%x1e";

  private static final Pattern MERGED = Pattern.compile("Merge #\\d+ [^:]+: (.*)");
  private static final Pattern SQUASHED = Pattern.compile("(.*) \\(#\\d+\\)");

  /** Abbreviated where {@code revert.reference} is set. */
  private static final Pattern REVERTS = Pattern.compile("This reverts commit ([0-9a-f]{7,64})");

  private static String trailer(String key) {
    return "%(trailers:key=" + key + ",valueonly,separator=%x20)";
  }

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
      if (parts.length < 11) {
        continue;
      }
      if (has(reverted, parts[0])) {
        continue; // neither does what it took back stay away
      }
      Matcher reverts = REVERTS.matcher(parts[10]);
      while (reverts.find()) {
        reverted.add(reverts.group(1));
      }
      recorded(parts).ifPresent(found::addFirst);
    }
    return found;
  }

  private static Optional<RecordedMerge> recorded(String[] parts) {
    String[] parents = parts[1].split(" ");
    String head = parts[7].strip();
    boolean merge = parents.length == 2;
    var title = (merge ? MERGED : SQUASHED).matcher(parts[3]);
    String told = !merge && !parts[9].isBlank() ? parts[9].strip() : null;
    if (parts[4].isBlank() || !merge && head.isBlank() || told == null && !title.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new RecordedMerge(
            parts[0],
            merge || parts[8].isBlank() ? parents[0] : parts[8].strip(),
            merge ? parents[1] : head,
            Instant.ofEpochSecond(Long.parseLong(parts[2])),
            told == null ? title.group(1) : told,
            parts[4].strip(),
            parts[5].strip(),
            parts[6].strip()));
  }

  /** The last of the commits that were made of this work and that main has. */
  static Optional<String> madeOf(Repository repository, String head) {
    String[] command = {
      "log",
      "--first-parent",
      "--basic-regexp",
      "--grep=^" + HEAD + ": " + head + "$",
      "--format=%H",
      "--max-count=1",
      head + ".." + repository.tip(),
      "--"
    };
    return Optional.of(repository.git().must(command).strip()).filter(id -> !id.isEmpty());
  }

  /**
   * What came to main by a commit.
   *
   * @param base main as it was before
   * @param head the last commit of the work
   */
  public record Landed(String base, String head) {}

  /** What a commit brought to main; empty where it does not say so. */
  public static Optional<Landed> by(Repository repository, String commit) {
    String[] command = {
      "log", "-1", "--format=%P%x00" + trailer(HEAD) + "%x00" + trailer(BASE), commit, "--"
    };
    var parts = repository.git().must(command).split("\0", -1);
    var parents = parts[0].split(" ");
    String head = parts[1].strip();
    if (parents.length == 2) {
      return Optional.of(new Landed(parents[0], parents[1]));
    }
    String base = parts[2].isBlank() ? parents[0] : parts[2].strip();
    return parents.length == 1 && !head.isEmpty() && !base.isEmpty()
        ? Optional.of(new Landed(base, head))
        : Optional.empty();
  }

  private static boolean has(Set<String> reverted, String commit) {
    return reverted.stream().anyMatch(commit::startsWith);
  }
}
