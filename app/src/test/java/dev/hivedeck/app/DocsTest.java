package dev.hivedeck.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the documentation links to is there, and what it tells to type can be typed. */
class DocsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern LINK = Pattern.compile("(?<!\\\\)\\]\\(([^)\\s]+)\\)");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^( *)```.*?^\\1```");
  private static final Pattern SPAN = Pattern.compile("(?s)`(hivedeck [^`]+)`");
  private static final Pattern TYPED = Pattern.compile("(?m)^\\s*(?:\\S*/bin/)?hivedeck( .+)$");

  private static final CommandLine MODEL = Commands.model();

  /** What was called otherwise is told there, under its former name. */
  private static final Set<String> OF_THE_PAST = Set.of("CHANGELOG.md");

  private static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
        Stream<Path> root = Files.list(ROOT);
        Stream<Path> hub = Files.walk(ROOT.resolve(".github"))) {
      var pages =
          Stream.of(docs, root, hub)
              .flatMap(s -> s)
              .filter(p -> p.toString().endsWith(".md"))
              .sorted()
              .toList();
      assertThat(pages).hasSizeGreaterThan(20);
      return pages;
    }
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    var broken = new ArrayList<String>();
    var anchors = new HashMap<Path, Set<String>>();
    for (Path page : pages()) {
      String text = BLOCK.matcher(Files.readString(page)).replaceAll("");
      var links = LINK.matcher(text);
      while (links.find()) {
        String link = links.group(1);
        if (!link.matches("[a-z]+:.*")) {
          String[] parts = link.split("#", 2);
          Path target =
              parts[0].isEmpty()
                  ? page
                  : page.getParent()
                      .resolve(URLDecoder.decode(parts[0], StandardCharsets.UTF_8))
                      .normalize();
          if (!Files.exists(target)) {
            broken.add(ROOT.relativize(page) + ": " + link);
          } else if (parts.length > 1 && !anchors(target, anchors).contains(parts[1])) {
            broken.add(ROOT.relativize(page) + ": no heading for " + link);
          }
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  private static Set<String> anchors(Path page, Map<Path, Set<String>> known) throws IOException {
    if (!known.containsKey(page)) {
      var slugs = new HashSet<String>();
      BLOCK
          .matcher(Files.readString(page))
          .replaceAll("")
          .lines()
          .filter(line -> line.matches("#+ .*"))
          .forEach(
              line -> {
                String slug = slug(line.replaceFirst("#+ +", ""));
                for (int i = 1; !slugs.add(slug); i++) {
                  slug = slug.replaceFirst("-\\d+$", "") + "-" + i;
                }
              });
      known.put(page, slugs);
    }
    return known.get(page);
  }

  /** As GitHub names headings. */
  private static String slug(String heading) {
    return heading
        .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N} _-]", "")
        .replace(' ', '-');
  }

  /** Every page of docs can be reached from the index. */
  @Test
  void theIndexNamesEveryPage() throws IOException {
    String index = Files.readString(ROOT.resolve("docs/README.md"));
    for (Path page : pages()) {
      Path relative = ROOT.resolve("docs").relativize(page);
      if (page.startsWith(ROOT.resolve("docs")) && !relative.toString().equals("README.md")) {
        assertThat(index).contains("(" + relative.toString().replace('\\', '/') + ")");
      }
    }
  }

  @Test
  void everyCommandThatIsQuotedIsThere() throws IOException {
    var wrong = new ArrayList<String>();
    int quoted = 0;
    for (Path page : pages()) {
      if (OF_THE_PAST.contains(page.getFileName().toString())) {
        continue;
      }
      String text = Files.readString(page);
      var lines = new ArrayList<String>();
      SPAN.matcher(text)
          .results()
          .forEach(m -> lines.add(m.group(1).substring("hivedeck ".length())));
      TYPED.matcher(text).results().forEach(m -> lines.add(m.group(1)));
      for (String line : lines) {
        quoted++;
        wrong(line)
            .ifPresent(
                why ->
                    wrong.add(ROOT.relativize(page) + ": hivedeck " + line.strip() + ": " + why));
      }
    }
    assertThat(quoted).isGreaterThan(50);
    assertThat(wrong).isEmpty();
  }

  /** Why that cannot be typed; empty when it can. Values and ids are not looked at. */
  private static Optional<String> wrong(String line) {
    CommandLine command = MODEL;
    String before =
        line.replaceAll("\\s[#|>&].*", "")
            .replaceAll("\"[^\"]*\"|'[^']*'", "X")
            .replaceAll("[\\[\\]]", "");
    boolean value = false;
    boolean named = true;
    for (String word : before.strip().split("\\s+")) {
      if (value) {
        value = false;
      } else if (word.startsWith("--")) {
        String name = word.replaceAll("[=,.;:)].*", "");
        var option = command.getCommandSpec().findOption(name);
        if (option == null) {
          return Optional.of("there is no " + name);
        }
        value = option.arity().min() > 0 && !word.contains("=");
      } else if (word.equals("COMMAND")) {
        named = false;
      } else if (named && word.contains("|") && word.matches("[a-z|]+")) {
        for (String one : word.split("\\|")) {
          if (!command.getSubcommands().containsKey(one)) {
            return Optional.of("there is no command " + one);
          }
        }
        named = false;
      } else if (named) {
        var next = command.getSubcommands().get(word);
        boolean listed = next != null && !next.getCommandSpec().usageMessage().hidden();
        if (listed) {
          command = next;
        } else if (command.getCommandSpec().positionalParameters().isEmpty()
            || command.getParent() == null && word.matches("[a-z]+")) {
          return Optional.of("there is no command " + word);
        } else {
          named = false;
        }
      }
    }
    return Optional.empty();
  }

  /** What is for the program and its own processes alone, nobody has to know. */
  private static final Set<String> INTERNAL = Set.of("HIVEDECK_AOT_OUTPUT", "HIVEDECK_FILE");

  @Test
  void everyVariableOfTheEnvironmentIsDocumented() throws IOException {
    var text = new StringBuilder();
    for (Path page : pages()) {
      text.append(Files.readString(page));
    }
    var name = Pattern.compile("\\bHIVEDECK_[A-Z_]+\\b");
    var unknown = new TreeSet<String>();
    for (String module :
        List.of("engine/src/main", "app/src/main", "ui/src/main", "app/src/dist/bin")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module))) {
        for (Path file :
            files.filter(f -> f.toString().matches(".*(\\.java|\\.bat|hivedeck)")).toList()) {
          if (Files.isRegularFile(file)) {
            name.matcher(Files.readString(file))
                .results()
                .map(m -> m.group())
                .forEach(unknown::add);
          }
        }
      }
    }
    assertThat(unknown).contains("HIVEDECK_HOME", "HIVEDECK_TOKEN");
    unknown.removeAll(INTERNAL);
    unknown.removeIf(variable -> text.indexOf(variable) >= 0);
    assertThat(unknown).isEmpty();
  }

  @Test
  void aCommandThatIsNotThereIsFound() {
    assertThat(wrong("task retry T-1 --agent other")).isEmpty();
    assertThat(wrong("--workspace ~/code init")).isEmpty();
    assertThat(wrong("task retyr T-1")).contains("there is no command retyr");
    assertThat(wrong("tasks --stat done")).contains("there is no --stat");
    assertThat(wrong("rest --park")).contains("there is no command rest");
  }
}
