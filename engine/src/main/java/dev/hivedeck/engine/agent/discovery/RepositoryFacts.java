package dev.hivedeck.engine.agent.discovery;

import dev.hivedeck.engine.file.PlainFile;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.Config.Finding;
import dev.hivedeck.engine.protocol.Config.TaskIdea;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a person would look at first in a repository: what it is written in, how it is built and
 * judged, who it belongs to. Only what git knows of is looked at, and nothing is run.
 */
public final class RepositoryFacts {
  /** Of a larger repository the first files tell enough. */
  private static final int MOST_FILES = 20_000;

  private static final int MOST_IDEAS = 3;
  private static final int LONGEST = 90;
  private static final int LONGEST_LINE = 500;

  /** Of a file that is read; a larger one tells nothing. */
  private static final int LARGEST = 1 << 20;

  private static final Map<String, String> LANGUAGES =
      Map.ofEntries(
          Map.entry("java", "Java"),
          Map.entry("kt", "Kotlin"),
          Map.entry("py", "Python"),
          Map.entry("js", "JavaScript"),
          Map.entry("mjs", "JavaScript"),
          Map.entry("jsx", "JavaScript"),
          Map.entry("ts", "TypeScript"),
          Map.entry("tsx", "TypeScript"),
          Map.entry("go", "Go"),
          Map.entry("rs", "Rust"),
          Map.entry("rb", "Ruby"),
          Map.entry("php", "PHP"),
          Map.entry("cs", "C#"),
          Map.entry("c", "C"),
          Map.entry("h", "C"),
          Map.entry("cpp", "C++"),
          Map.entry("swift", "Swift"),
          Map.entry("scala", "Scala"),
          Map.entry("sh", "Shell"));

  private static final Map<String, String> BUILDS =
      Map.ofEntries(
          Map.entry("pom.xml", "Maven"),
          Map.entry("build.gradle", "Gradle"),
          Map.entry("build.gradle.kts", "Gradle"),
          Map.entry("package-lock.json", "npm"),
          Map.entry("pnpm-lock.yaml", "pnpm"),
          Map.entry("yarn.lock", "Yarn"),
          Map.entry("bun.lock", "Bun"),
          Map.entry("uv.lock", "uv"),
          Map.entry("poetry.lock", "Poetry"),
          Map.entry("requirements.txt", "pip"),
          Map.entry("go.mod", "Go modules"),
          Map.entry("go.work", "Go workspace"),
          Map.entry("Cargo.toml", "Cargo"),
          Map.entry("Makefile", "Make"));

  private static final List<String> INSTRUCTIONS =
      List.of("AGENTS.md", "CLAUDE.md", "GEMINI.md", ".github/copilot-instructions.md");
  private static final List<String> OWNERS =
      List.of("CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS");
  private static final List<String> TOOLS =
      List.of("conductor.json", ".superset/config.json", ".emdash.json", ".worktreeinclude");

  private static final Pattern IDEA =
      Pattern.compile("(.+?):(\\d+):.*?\\b(?:TODO|FIXME)(?:\\([^)]*\\))?[: ]+(.*)");

  private static final Pattern TESTS =
      Pattern.compile(
          "test_.+\\.py|.+_test\\.(py|go|rb)|.+Tests?\\.(java|kt)"
              + "|.+\\.(test|spec)\\.[cm]?[jt]sx?");
  private static final Pattern WORKFLOW = Pattern.compile("\\.github/workflows/[^/]+\\.ya?ml");

  private final Path root;
  private final Git git;
  private final List<String> files;

  public RepositoryFacts(Path root) {
    this.root = root;
    this.git = new Git(root);
    this.files =
        Arrays.stream(git.run("ls-files", "-z").out().split("\0"))
            .filter(path -> !path.isEmpty())
            .toList();
  }

  /** In the order in which they are told. */
  public List<Finding> findings() {
    var found = new ArrayList<Finding>();
    add(found, "languages", languages());
    add(found, "builds", builds());
    add(found, "tests", tests());
    add(found, "ci", ci());
    add(found, "owners", owners());
    add(found, "instructions", named(INSTRUCTIONS));
    add(found, "tools", named(TOOLS));
    add(found, "size", files.size() == 1 ? "1 file" : files.size() + " files");
    add(found, "extras", extras());
    if (!git.run("rev-parse", "--verify", "--quiet", "HEAD").ok()) {
      found.add(
          new Finding(
              "note", "There is no commit yet, and agents start from one: git commit makes it."));
    }
    if (Files.isRegularFile(root.resolve(".env")) && !files.contains(".env")) {
      found.add(
          new Finding(
              "note",
              ".env is copied into each worktree where git ignores it; it never"
                  + " reaches a commit."));
    }
    return found;
  }

  private static void add(List<Finding> found, String kind, String text) {
    if (!text.isEmpty()) {
      found.add(new Finding(kind, text));
    }
  }

  private String languages() {
    var bytes = new HashMap<String, Long>();
    for (String path : files.stream().limit(MOST_FILES).toList()) {
      String language = LANGUAGES.get(path.substring(path.lastIndexOf('.') + 1));
      if (language != null && !path.contains("node_modules/")) {
        bytes.merge(language, size(path), Long::sum);
      }
    }
    long all = Math.max(1, bytes.values().stream().mapToLong(Long::longValue).sum());
    return bytes.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
        .limit(3)
        .filter(of -> of.getValue() * 100 >= all)
        .map(of -> of.getKey() + " " + Math.round(of.getValue() * 100.0 / all) + "%")
        .collect(Collectors.joining(", "));
  }

  private long size(String path) {
    try {
      return Files.readAttributes(
              root.resolve(path), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .size();
    } catch (IOException | InvalidPathException e) {
      return 0;
    }
  }

  private String builds() {
    return files.stream()
        .filter(BUILDS::containsKey)
        .sorted()
        .map(BUILDS::get)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** By their names, as their runners find them. */
  private String tests() {
    long count =
        files.stream()
            .map(path -> path.substring(path.lastIndexOf('/') + 1))
            .filter(name -> TESTS.matcher(name).matches())
            .count();
    return count == 0 ? "" : count == 1 ? "1 file of tests" : count + " files of tests";
  }

  private String ci() {
    return files.stream()
        .filter(
            path ->
                WORKFLOW.matcher(path).matches()
                    || path.equals(".gitlab-ci.yml")
                    || path.equals("Jenkinsfile")
                    || path.equals(".circleci/config.yml"))
        .map(path -> path.substring(path.lastIndexOf('/') + 1))
        .limit(3)
        .collect(Collectors.joining(", "));
  }

  private String owners() {
    for (String file : OWNERS) {
      if (files.contains(file)) {
        return text(file).map(RepositoryFacts::rules).orElse("CODEOWNERS");
      }
    }
    return "";
  }

  private static String rules(String text) {
    long rules = text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).count();
    return "CODEOWNERS, " + (rules == 1 ? "1 rule" : rules + " rules");
  }

  /** Of a plain file: a link may lead to what has no end. */
  private Optional<String> text(String file) {
    return Optional.ofNullable(PlainFile.text(root.resolve(file), LARGEST));
  }

  private String named(List<String> wanted) {
    return wanted.stream()
        .filter(file -> Files.isRegularFile(root.resolve(file)))
        .collect(Collectors.joining(", "));
  }

  private String extras() {
    var extras = new ArrayList<String>();
    if (files.contains(".gitmodules")) {
      extras.add("submodules");
    }
    if (text(".gitattributes").filter(text -> text.contains("filter=lfs")).isPresent()) {
      extras.add("LFS");
    }
    return String.join(", ", extras);
  }

  /** What the code says is still to do, a few of it. */
  public List<TaskIdea> ideas() {
    String said =
        git.upTo(
                1 << 16,
                "grep",
                "-n",
                "-I",
                "-E",
                "--max-count=1",
                "(TODO|FIXME)(\\([^)]*\\))?[: ]")
            .out();
    return said.lines()
        .filter(line -> line.length() < LONGEST_LINE)
        .map(IDEA::matcher)
        .filter(line -> line.matches() && line.group(3).strip().length() > 8)
        .map(line -> new TaskIdea(title(line.group(3)), line.group(1) + ":" + line.group(2)))
        .limit(MOST_IDEAS)
        .toList();
  }

  private static String title(String said) {
    String plain = said.replaceAll("(\\*/|-->|#}|\"\"\")\\s*$", "").strip();
    String cut = plain.length() > LONGEST ? plain.substring(0, LONGEST) + "…" : plain;
    return Character.toUpperCase(cut.charAt(0)) + cut.substring(1);
  }
}
