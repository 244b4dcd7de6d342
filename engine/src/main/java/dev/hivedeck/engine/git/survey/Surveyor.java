package dev.hivedeck.engine.git.survey;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.diff.ChangedFile;
import dev.hivedeck.engine.git.diff.CodeOwners;
import dev.hivedeck.engine.git.diff.CodeOwnersFile;
import dev.hivedeck.engine.git.diff.Diffs;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what differences mean to others. What main is like is looked at once for many
 * differences: how often files change for an hour, who owns them as long as main is the same.
 */
public final class Surveyor {
  /** Of this time it counts how often a file changed. */
  private static final Duration CHURN = Duration.ofDays(90);

  /** So long what was counted serves. */
  private static final Duration FRESH = Duration.ofHours(1);

  /** Of more commits the latest are counted, and of more files those that came first. */
  private static final int COMMITS = 5_000;

  private static final int FILES = 100_000;

  /** From so many commits on a file changes often. */
  private static final int OFTEN = 10;

  /** Commits times lines, from which on a file is hot. */
  private static final long HOT = 5_000;

  private static final int MOST = 10;

  /** Bytes of a file; a larger one is not looked into. */
  private static final int LARGEST = 2 << 20;

  private final Git git;
  private final Supplier<String> tip;
  private final Clock clock;
  private @Nullable Churn churn;
  private @Nullable Owned owned;

  /**
   * Which files it looks into.
   *
   * @param contracts patterns, as in CODEOWNERS
   * @param migrations patterns of files that a database goes through one after another
   * @param owners whether CODEOWNERS is asked
   */
  public record Paths(List<String> contracts, List<String> migrations, boolean owners) {}

  private record Churn(Instant at, Map<String, Integer> commits) {}

  private record Owned(String tip, CodeOwnersFile file) {}

  /**
   * @param tip of main
   */
  public Surveyor(Git git, Supplier<String> tip, Clock clock) {
    this.git = git.objects();
    this.tip = tip;
    this.clock = clock;
  }

  /**
   * @param files that differ
   */
  public ChangeSurvey of(List<ChangedFile> files, Paths paths) {
    var contracts = new ArrayList<String>();
    var unread = new ArrayList<String>();
    var migrations = new ArrayList<String>();
    var hot = new ArrayList<String>();
    var often = often();
    for (var file : files) {
      String before = file.oldPath() == null ? file.path() : file.oldPath();
      if (file.lines()
          && file.status() != 'A'
          && contracts.size() + unread.size() < MOST
          && CodeOwners.owns(paths.contracts(), before)) {
        contracts(file, before, contracts, unread);
      }
      if (migrations.size() < MOST && CodeOwners.owns(paths.migrations(), before)) {
        migration(file, before, migrations);
      }
      int commits = often.getOrDefault(before, 0);
      if (file.lines() && file.status() == 'M' && commits >= OFTEN && hot.size() < MOST) {
        if (commits * lines(file) >= HOT) {
          hot.add(file.path());
        }
      }
    }
    return new ChangeSurvey(
        contracts, migrations, hot, paths.owners() ? owners(files) : List.of(), unread);
  }

  /** What is too large to be looked at has more lines than any limit. */
  private long lines(ChangedFile file) {
    return Diffs.whole(git, file.id(), LARGEST).map(text -> text.lines().count()).orElse(HOT);
  }

  private void contracts(ChangedFile file, String before, List<String> found, List<String> unread) {
    boolean gone = file.status() == 'D';
    var old = Diffs.whole(git, file.oldId(), LARGEST);
    var now = gone ? Optional.<String>empty() : Diffs.whole(git, file.id(), LARGEST);
    if (old.isEmpty() || !gone && now.isEmpty()) {
      unread.add(before);
      return;
    }
    for (String broken : Contracts.breaks(before, old.get(), file.path(), now.orElse(null))) {
      found.add(before + " " + broken);
    }
  }

  private void migration(ChangedFile file, String before, List<String> found) {
    switch (file.status()) {
      case 'A', 'C' -> {
        if (file.lines()) {
          String sql =
              Diffs.whole(git, file.id(), LARGEST).orElseGet(() -> Diffs.text(git, file.id()));
          Migrations.taken(sql).forEach(taken -> found.add(file.path() + ": " + taken));
        }
      }
      case 'D' -> found.add("deletes " + before);
      case 'R' -> found.add("renames " + before);
      default -> found.add("edits " + before);
    }
  }

  /** How often files changed of late. */
  private synchronized Map<String, Integer> often() {
    var now = clock.instant();
    if (churn == null || churn.at().plus(FRESH).isBefore(now)) {
      churn = new Churn(now, count(now.minus(CHURN)));
    }
    return churn.commits();
  }

  private Map<String, Integer> count(Instant since) {
    return git.reading(
        in -> {
          var commits = new HashMap<String, Integer>();
          var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
          for (String path = reader.readLine(); path != null; path = reader.readLine()) {
            if (!path.isEmpty() && (commits.size() < FILES || commits.containsKey(path))) {
              commits.merge(path, 1, Integer::sum);
            }
          }
          return commits;
        },
        "-c",
        "core.quotePath=false",
        "log",
        "--no-merges",
        "--no-renames",
        "--format=",
        "--name-only",
        "--max-count=" + COMMITS,
        "--since=" + since.getEpochSecond(),
        tip.get(),
        "--");
  }

  private List<String> owners(List<ChangedFile> files) {
    return List.copyOf(ownersFile().of(files.stream().map(ChangedFile::path).toList()));
  }

  private synchronized CodeOwnersFile ownersFile() {
    String main = tip.get();
    if (owned == null || !owned.tip().equals(main)) {
      owned = new Owned(main, CodeOwnersFile.of(git, main));
    }
    return owned.file();
  }
}
