package dev.hivedeck.engine.git.diff;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * What a reader wants to know of a diff before reading it.
 *
 * @param lines that count: not those of generated and lock files, blank ones, moved ones and those
 *     that differ in white space only
 * @param skipped lines that do not
 * @param deletedTests test files that went
 * @param lostTests test cases fewer than before, in test files that stay
 * @param lostAsserts lines that assert something, fewer than before, in test files that stay
 * @param dependencies that came, as their manifests name them
 * @param hunks in the order of the diff, the first 10,000; they are kept apart from the other facts
 */
public record DiffFacts(
    long lines,
    long skipped,
    List<String> deletedTests,
    int lostTests,
    int lostAsserts,
    List<String> dependencies,
    @JsonIgnore List<ChangedHunk> hunks) {

  public static final DiffFacts NONE = new DiffFacts(0, 0, List.of(), 0, 0, List.of());

  public DiffFacts {
    hunks = hunks == null ? List.of() : List.copyOf(hunks);
  }

  /** Of a diff whose hunks are not known. */
  public DiffFacts(
      long lines,
      long skipped,
      List<String> deletedTests,
      int lostTests,
      int lostAsserts,
      List<String> dependencies) {
    this(lines, skipped, deletedTests, lostTests, lostAsserts, dependencies, List.of());
  }

  /** The same with other names for all that a change names itself. */
  public DiffFacts map(UnaryOperator<String> names) {
    return new DiffFacts(
        lines,
        skipped,
        deletedTests.stream().map(names).toList(),
        lostTests,
        lostAsserts,
        dependencies.stream().map(names).toList(),
        hunks.stream()
            .map(h -> new ChangedHunk(names.apply(h.path()), h.hash(), h.lines()))
            .toList());
  }

  /** More of them are not told apart. */
  private static final int HUNKS = 10_000;

  /** More than these are not remembered to find moved lines; what is beyond counts. */
  private static final int REMEMBERED = 200_000;

  private static final Pattern LOCK =
      Pattern.compile(
          "(^|/)(package-lock\\.json|npm-shrinkwrap\\.json|yarn\\.lock|pnpm-lock\\.yaml"
              + "|bun\\.lockb?|Cargo\\.lock|poetry\\.lock|uv\\.lock|pdm\\.lock|Pipfile\\.lock"
              + "|Gemfile\\.lock|composer\\.lock|go\\.sum|mix\\.lock|pubspec\\.lock|flake\\.lock"
              + "|Podfile\\.lock|Package\\.resolved|gradle\\.lockfile|packages\\.lock\\.json"
              + "|\\.terraform\\.lock\\.hcl|deno\\.lock)$");

  private static final Pattern GENERATED =
      Pattern.compile(
          "(^|/)(dist|vendor|node_modules|third_party|__snapshots__|generated|gen)/"
              + "|\\.min\\.(js|css)$|\\.map$|\\.snap$|\\.pb\\.(go|cc|h)$|_pb2(_grpc)?\\.pyi?$"
              + "|\\.g\\.dart$|\\.designer\\.cs$|(^|/)[^/]*\\.generated\\.[^/]+$");

  private static final Pattern TEST =
      Pattern.compile(
          "(^|/)(tests?|specs?|__tests__)/|(^|/)(test_[^/]*|conftest)\\.py$"
              + "|[._-](test|tests|spec)\\.[^/.]+$|(Test|Tests|IT|Spec)\\.[^/.]+$");

  private static final Pattern CASE =
      Pattern.compile(
          "^\\s*(async\\s+)?def test_|@Test\\b|@ParameterizedTest\\b|^\\s*(it|test)(\\.\\w+)?\\("
              + "|^func Test\\w*\\(|#\\[(tokio::)?test\\]|\\[(Fact|Theory|TestMethod)\\]");

  private static final Pattern ASSERT =
      Pattern.compile("\\b(assert\\w*|expect\\w*|should\\w*|verify\\w*|require)\\b");

  /** What names a dependency in each manifest, as its first group. */
  private static final Map<Pattern, Pattern> MANIFESTS =
      Map.of(
          Pattern.compile("(^|/)package\\.json$"),
              Pattern.compile(
                  "^\\s*\"((?!version\"|node\"|npm\")[^\"]+)\":\\s*\"(npm:|workspace:)?[~^<>=]*[\\d*]"),
          Pattern.compile("(^|/)requirements[^/]*\\.txt$"),
              Pattern.compile("^([A-Za-z0-9][\\w.-]*)(\\[[^]]*])?\\s*([=<>~!;]|$)"),
          Pattern.compile("(^|/)pom\\.xml$"), Pattern.compile("<artifactId>([^<]+)</artifactId>"),
          Pattern.compile("(^|/)build\\.gradle(\\.kts)?$"),
              Pattern.compile(
                  "^\\s*(?:\\w*[iI]mplementation|api|\\w*[cC]ompileOnly|\\w*[rR]untimeOnly)"
                      + "[ (]+[\"']([^\"':]+:[^\"':]+)"),
          Pattern.compile("(^|/)Cargo\\.toml$"),
              Pattern.compile("^((?!version\\b|edition\\b)[\\w-]+)\\s*=\\s*(\"[~^<>=]*\\d|\\{)"),
          Pattern.compile("(^|/)go\\.mod$"),
              Pattern.compile("^\\s*(?:require\\s+)?([\\w.-]+\\.[\\w.-]+/\\S+)\\s+v\\d"),
          Pattern.compile("(^|/)pyproject\\.toml$"),
              Pattern.compile("^\\s*\"([A-Za-z0-9][\\w.-]*)(\\[[^]]*])?\\s*[=<>~!;\"]"));

  /** Whether a file is written by a machine, so that nobody reads it. */
  public static boolean isGenerated(String path) {
    return LOCK.matcher(path).find() || GENERATED.matcher(path).find();
  }

  public static boolean isTest(String path) {
    return TEST.matcher(path).find();
  }

  /** Takes the lines of a diff, one after another. */
  static final class Counter {
    private final Set<String> deletedTests = new TreeSet<>();
    private final Set<String> gone = new TreeSet<>();

    /** Lines by what they say without white space: how many went more than came. */
    private final Map<String, Integer> open = new HashMap<>();

    private final Map<String, Integer> dependencies = new TreeMap<>();
    private long lines;
    private long skipped;
    private final List<ChangedHunk> hunks = new ArrayList<>();
    private int cases;
    private int asserts;
    private int read;

    /**
     * @param added whether it came, else it went
     */
    void line(String path, boolean added, String text) {
      String said = text.replaceAll("\\s+", "");
      if (said.isEmpty() || isGenerated(path)) {
        skipped++;
      } else {
        count(said, added ? 1 : -1);
        read++;
      }
      int one = added ? 1 : -1;
      if (isTest(path) && !gone.contains(path)) {
        cases += CASE.matcher(text).find() ? one : 0;
        asserts += ASSERT.matcher(text).find() ? one : 0;
      }
      depends(path, one, text);
    }

    private void count(String said, int one) {
      int others = open.getOrDefault(said, 0);
      if (others * one < 0) { // it went there and came here
        open.merge(said, one, Integer::sum);
        lines--;
        skipped += 2;
        return;
      }
      lines++;
      if (others != 0 || open.size() < REMEMBERED) {
        open.merge(said, one, Integer::sum);
      }
    }

    private void depends(String path, int one, String text) {
      for (var manifest : MANIFESTS.entrySet()) {
        if (manifest.getKey().matcher(path).find()) {
          var named = manifest.getValue().matcher(text);
          if (named.find()) {
            dependencies.merge(named.group(1), one, Integer::sum);
          }
        }
      }
    }

    void deleted(String path) {
      gone.add(path);
      if (isTest(path) && !isGenerated(path)) {
        deletedTests.add(path);
      }
    }

    /** After the lines of a hunk. */
    void hunk(String path, String hash) {
      if (hunks.size() < HUNKS) {
        hunks.add(new ChangedHunk(path, hash, read));
      }
      read = 0;
    }

    DiffFacts facts() {
      return new DiffFacts(
          lines,
          skipped,
          List.copyOf(deletedTests),
          Math.max(0, -cases),
          Math.max(0, -asserts),
          dependencies.entrySet().stream()
              .filter(e -> e.getValue() > 0)
              .map(Map.Entry::getKey)
              .toList(),
          hunks);
    }
  }
}
