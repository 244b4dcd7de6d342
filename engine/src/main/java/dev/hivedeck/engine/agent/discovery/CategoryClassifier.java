package dev.hivedeck.engine.agent.discovery;

import static dev.hivedeck.engine.protocol.Discovery.Category.AI;
import static dev.hivedeck.engine.protocol.Discovery.Category.AUTOMATION;
import static dev.hivedeck.engine.protocol.Discovery.Category.CODE_QUALITY;
import static dev.hivedeck.engine.protocol.Discovery.Category.CORE;
import static dev.hivedeck.engine.protocol.Discovery.Category.INFRASTRUCTURE;
import static dev.hivedeck.engine.protocol.Discovery.Category.MONITORING;
import static dev.hivedeck.engine.protocol.Discovery.Category.SECURITY;
import static dev.hivedeck.engine.protocol.Discovery.Category.TESTING;
import static dev.hivedeck.engine.protocol.Discovery.Category.WORKFLOW;

import dev.hivedeck.engine.protocol.Discovery.Category;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Says what an agent is for by the words that stand in it. A telling word counts 6 in the name, 4
 * in the folder, 3 in the description, 1 in the text; each word once, where it counts most. The
 * category with the highest sum wins, of equal ones the earlier in {@link Category}; without any
 * telling word it is {@link Category#CORE}. What an agent says of its category itself goes first.
 */
final class CategoryClassifier {
  private static final int MOST_WORDS = 3_000;
  private static final Pattern BREAK =
      Pattern.compile("[^\\p{L}\\p{N}]+|(?<=\\p{Ll})(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})");

  /** Where a word stood, the most telling first. */
  private enum Where {
    NAME(6, "its name"),
    FOLDER(4, "its folder"),
    DESCRIPTION(3, "its description"),
    TEXT(1, "its text");

    private final int weight;
    private final String words;

    Where(int weight, String words) {
      this.weight = weight;
      this.words = words;
    }
  }

  /**
   * Of four letters and more a beginning is enough, {@code test} is in {@code testing}; but not
   * with a {@code =} after it, for {@code auth} is in {@code author}.
   */
  private static final Map<Category, List<String>> TELLING = new LinkedHashMap<>();

  static {
    telling(
        CORE, "core", "backend", "frontend", "feature", "implement", "api", "builder", "developer");
    telling(
        TESTING,
        "test",
        "e2e",
        "qa",
        "coverage",
        "fixture",
        "mock",
        "playwright",
        "pytest",
        "junit",
        "regression",
        "fuzz");
    telling(
        AUTOMATION,
        "automat",
        "cron",
        "schedul",
        "batch",
        "bot",
        "sync",
        "migrat",
        "generat",
        "scaffold",
        "backup",
        "cleanup");
    telling(
        WORKFLOW,
        "workflow",
        "release",
        "changelog",
        "triage",
        "issue",
        "ticket",
        "pipeline",
        "orchestrat",
        "coordinat",
        "plan",
        "merge",
        "commit",
        "docs",
        "document");
    telling(
        CODE_QUALITY,
        "lint",
        "format",
        "review",
        "refactor",
        "quality",
        "style",
        "complexity",
        "typecheck",
        "debt",
        "simplif",
        "eslint",
        "prettier",
        "ruff");
    telling(
        MONITORING,
        "monitor",
        "alert",
        "metric",
        "log",
        "logs",
        "health",
        "uptime",
        "latency",
        "observab",
        "trace=",
        "profil",
        "performance",
        "watch",
        "incident",
        "benchmark");
    telling(
        AI,
        "ai",
        "llm",
        "model",
        "prompt",
        "embedding",
        "rag",
        "inference",
        "gpt",
        "ml",
        "dataset",
        "evaluat",
        "finetun");
    telling(
        INFRASTRUCTURE,
        "infra",
        "deploy",
        "docker",
        "kubernetes",
        "k8s",
        "helm",
        "terraform",
        "ansible",
        "cloud",
        "aws",
        "provision",
        "database",
        "db",
        "devops",
        "ci",
        "cd",
        "cluster");
    telling(
        SECURITY,
        "security",
        "secure",
        "secret",
        "vulnerab",
        "cve",
        "audit",
        "auth=",
        "authenticat",
        "authoriz",
        "owasp",
        "threat",
        "sast",
        "pentest",
        "encrypt",
        "sbom",
        "permission");
  }

  /** Short words and the first letters of long ones, so that a text is gone through once. */
  private static final Map<String, Set<Category>> WHOLE = new HashMap<>();

  private static final Map<String, List<Map.Entry<String, Category>>> BEGINNINGS = new HashMap<>();

  static {
    TELLING.forEach(
        (category, words) ->
            words.forEach(
                word -> {
                  if (word.length() < 4 || word.endsWith("=")) {
                    WHOLE
                        .computeIfAbsent(word.replace("=", ""), w -> new HashSet<>())
                        .add(category);
                  } else {
                    BEGINNINGS
                        .computeIfAbsent(word.substring(0, 4), w -> new ArrayList<>())
                        .add(Map.entry(word, category));
                  }
                }));
  }

  private CategoryClassifier() {}

  private static void telling(Category category, String... words) {
    TELLING.put(category, List.of(words));
  }

  /**
   * @param reason one line
   */
  record Judgement(Category category, String reason) {}

  /** A telling word found, where it counts most. */
  private record Hit(String word, Where where) {}

  /**
   * @param said the category that the agent names itself, or null
   * @param folder the folders it lies in, within those that hold agents
   */
  static Judgement judge(String said, String name, String folder, String description, String text) {
    if (said != null) {
      try {
        var own = Category.of(said.strip().toLowerCase(Locale.ROOT).replaceAll("[ _]+", "-"));
        return new Judgement(own, "it says so itself");
      } catch (IllegalArgumentException e) {
        // A category of its own kind; its words still tell.
        folder = folder + " " + said;
      }
    }
    var hits = new HashMap<Category, Map<String, Hit>>();
    collect(hits, Where.NAME, name);
    collect(hits, Where.FOLDER, folder);
    collect(hits, Where.DESCRIPTION, description);
    collect(hits, Where.TEXT, text);
    var best =
        hits.entrySet().stream()
            .max(
                Comparator.<Map.Entry<Category, Map<String, Hit>>>comparingInt(
                        e -> e.getValue().values().stream().mapToInt(h -> h.where().weight).sum())
                    .thenComparing(e -> -e.getKey().ordinal()));
    return best.map(e -> new Judgement(e.getKey(), reason(e.getValue())))
        .orElseGet(() -> new Judgement(CORE, "no telling word in it"));
  }

  private static void collect(Map<Category, Map<String, Hit>> hits, Where where, String text) {
    if (text == null || text.isBlank()) {
      return;
    }
    var seen = new LinkedHashSet<String>();
    for (String word : BREAK.split(text)) {
      if (seen.size() >= MOST_WORDS) {
        break;
      }
      if (!word.isEmpty()) {
        seen.add(word.toLowerCase(Locale.ROOT));
      }
    }
    for (String word : seen) {
      WHOLE.getOrDefault(word, Set.of()).forEach(c -> note(hits, c, word, where));
      if (word.length() >= 4) {
        for (var beginning : BEGINNINGS.getOrDefault(word.substring(0, 4), List.of())) {
          if (word.startsWith(beginning.getKey())) {
            note(hits, beginning.getValue(), beginning.getKey(), where);
          }
        }
      }
    }
  }

  private static void note(
      Map<Category, Map<String, Hit>> hits, Category category, String word, Where where) {
    hits.computeIfAbsent(category, c -> new LinkedHashMap<>())
        .putIfAbsent(word, new Hit(word, where));
  }

  /** {@code “test” and “e2e” in its name, “coverage” in its description}. */
  private static String reason(Map<String, Hit> hits) {
    var byPlace =
        hits.values().stream()
            .collect(
                Collectors.groupingBy(Hit::where, java.util.TreeMap::new, Collectors.toList()));
    return byPlace.entrySet().stream()
        .limit(2)
        .map(
            e ->
                e.getValue().stream()
                        .limit(3)
                        .map(h -> "“" + h.word() + "”")
                        .collect(Collectors.joining(", "))
                    + " in "
                    + e.getKey().words)
        .collect(Collectors.joining("; "));
  }
}
