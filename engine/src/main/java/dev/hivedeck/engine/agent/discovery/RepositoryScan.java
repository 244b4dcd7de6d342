package dev.hivedeck.engine.agent.discovery;

import dev.hivedeck.engine.agent.ShellQuoting;
import dev.hivedeck.engine.agent.discovery.FrontMatter.Malformed;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.Discovery.Definition;
import dev.hivedeck.engine.protocol.Discovery.Definitions;
import dev.hivedeck.engine.protocol.Discovery.Form;
import dev.hivedeck.engine.protocol.Discovery.Standing;
import dev.hivedeck.engine.protocol.Discovery.Trouble;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds the definitions of agents among the files that git knows of a repository, and those that it
 * ignores in the few folders where definitions lie. Links are not followed, so nothing outside is
 * read, and nothing is run.
 */
public final class RepositoryScan {
  private static final int LARGEST_DEFINITION = 1 << 20;

  /** What of a script is read: enough for its comment and its words. */
  private static final int HEAD = 8 << 10;

  private static final int MOST_TROUBLES = 200;
  private static final Pattern AGENT_FILE =
      Pattern.compile("(?i)(?:.*[-_.])?agents?(?:[-_.].*)?|.*[a-z0-9]Agent(?:\\..*)?");

  private final Path root;
  private final HostEnvironment host;

  public RepositoryScan(Path root, HostEnvironment host) {
    this.root = root;
    this.host = host;
  }

  private record Listed(String path, boolean committed) {}

  /**
   * @param config which tells what was imported before
   */
  public Definitions look(HiveConfig config) {
    var drafts = new ArrayList<DefinitionDraft>();
    var troubles = new ArrayList<Trouble>();
    var uncommitted = new HashMap<String, Boolean>();
    for (Listed listed : files()) {
      try {
        var found = read(listed.path(), troubles);
        drafts.addAll(found);
        if (!found.isEmpty() && !listed.committed()) {
          uncommitted.put(listed.path(), true);
        }
      } catch (IOException | InvalidPathException e) {
        troubles.add(
            new Trouble(
                listed.path(),
                0,
                "cannot be read: " + e.getMessage(),
                "Check its rights and its name."));
      }
    }
    return new Definitions(
        proposals(drafts, uncommitted, config), troubles.stream().limit(MOST_TROUBLES).toList());
  }

  // ── which files ─────────────────────────────────────────────────────────────────────────────

  private List<Listed> files() {
    var all = new TreeMap<String, Listed>();
    var git = new Git(root);
    // Each is its state, a blank and its path; "?" is one that git does not keep.
    for (String entry : paths(git, "-t", "--cached", "--others", "--exclude-standard")) {
      if (entry.length() > 2) {
        String path = entry.substring(2);
        all.putIfAbsent(path, new Listed(path, entry.charAt(0) != '?'));
      }
    }
    var ignored =
        Stream.concat(
                Stream.of("--others", "--ignored", "--exclude-standard", "--"),
                DefinitionReader.FOLDERS.stream())
            .toArray(String[]::new);
    paths(git, ignored).forEach(path -> all.putIfAbsent(path, new Listed(path, false)));
    return all.values().stream().filter(f -> candidate(f.path())).toList();
  }

  private static List<String> paths(Git git, String... which) {
    String[] command =
        Stream.concat(Stream.of("ls-files", "-z"), Arrays.stream(which)).toArray(String[]::new);
    return Arrays.stream(git.must(command).split("\0")).filter(p -> !p.isEmpty()).toList();
  }

  private static boolean candidate(String path) {
    return DefinitionReader.form(path).isPresent() || scripts(path);
  }

  /** Whether agents' scripts may lie there: in a folder of agents, or so named themselves. */
  private static boolean scripts(String path) {
    String[] steps = path.split("/");
    String leaf = steps[steps.length - 1];
    boolean scripted = ScriptHeader.named(leaf) || !leaf.contains(".");
    boolean hidden = Arrays.stream(steps).anyMatch(s -> s.startsWith(".") && !s.equals(".agents"));
    boolean foreign =
        Arrays.stream(steps)
            .anyMatch(
                s -> s.equals("node_modules") || s.equals("vendor") || s.equals("site-packages"));
    if (!scripted || hidden || foreign) {
      return false;
    }
    return folderOfAgents(steps) >= 0 || AGENT_FILE.matcher(leaf).matches();
  }

  private static int folderOfAgents(String[] steps) {
    for (int i = 0; i < steps.length - 1; i++) {
      if (steps[i].equals("agents") || steps[i].equals("agent") || steps[i].equals(".agents")) {
        return i;
      }
    }
    return -1;
  }

  // ── what they say ───────────────────────────────────────────────────────────────────────────

  private List<DefinitionDraft> read(String path, List<Trouble> troubles) throws IOException {
    Path file = root.resolve(path);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return List.of(); // A link, or deleted and not yet committed so.
    }
    if (DefinitionReader.form(path).isEmpty()) {
      return script(path, file, troubles).map(List::of).orElse(List.of());
    }
    long size = Files.size(file);
    if (size > LARGEST_DEFINITION) {
      troubles.add(
          new Trouble(
              path,
              0,
              "is " + (size >> 20) + " MB large and was not read",
              "A definition is a page or two; look what came into it."));
      return List.of();
    }
    byte[] bytes = Files.readAllBytes(file);
    if (binary(bytes)) {
      troubles.add(new Trouble(path, 0, "is no text and was not read", "Write it as UTF-8 text."));
      return List.of();
    }
    try {
      return DefinitionReader.read(path, text(bytes));
    } catch (Malformed e) {
      troubles.add(
          new Trouble(
              path, e.line(), e.getMessage(), "Mend that line; the others can be imported."));
      return List.of();
    }
  }

  private Optional<DefinitionDraft> script(String path, Path file, List<Trouble> troubles)
      throws IOException {
    byte[] bytes;
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes(HEAD);
    }
    boolean executable = executable(path, file);
    if (binary(bytes)) {
      if (executable) {
        troubles.add(
            new Trouble(
                path,
                0,
                "is a program and no script, so nothing tells what it does",
                "If it is an agent, write it into hive.yaml with run: "
                    + ShellQuoting.posix("./" + path)));
      }
      return Optional.empty();
    }
    String head = text(bytes);
    String[] steps = path.split("/");
    String leaf = steps[steps.length - 1];
    String stem = leaf.contains(".") ? leaf.substring(0, leaf.lastIndexOf('.')) : leaf;
    String folder =
        String.join(" ", Arrays.asList(steps).subList(folderOfAgents(steps) + 1, steps.length - 1));
    boolean known = bytes.length > 1 && bytes[0] == '#' && bytes[1] == '!';
    return ScriptHeader.of(path, executable, known, head)
        .map(
            s ->
                new DefinitionDraft(
                    path,
                    path,
                    Form.SCRIPT,
                    stem,
                    null,
                    folder,
                    s.category(),
                    s.description(),
                    head,
                    null,
                    List.of(),
                    s.run()));
  }

  /** On Windows every file is; there a script's first line or its ending tells. */
  private boolean executable(String path, Path file) {
    return !host.windows() && Files.isExecutable(file);
  }

  private static boolean binary(byte[] bytes) {
    for (byte b : bytes) {
      if (b == 0) {
        return true;
      }
    }
    return false;
  }

  /** As UTF-8, and what is none as Western European text, which is then most likely. */
  private static String text(byte[] bytes) {
    int from = bytes.length >= 3 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB ? 3 : 0;
    var buffer = ByteBuffer.wrap(bytes, from, bytes.length - from);
    // A head may end within a letter.
    for (int cut = 0; cut <= 3 && bytes.length - from - cut >= 0; cut++) {
      try {
        return StandardCharsets.UTF_8
            .newDecoder()
            .decode(buffer.duplicate().limit(bytes.length - cut))
            .toString();
      } catch (CharacterCodingException e) {
        if (bytes.length < HEAD) {
          break;
        }
      }
    }
    return Charset.forName("windows-1252").decode(buffer).toString();
  }

  // ── what they would become ──────────────────────────────────────────────────────────────────

  private List<Definition> proposals(
      List<DefinitionDraft> drafts, Map<String, Boolean> uncommitted, HiveConfig config) {
    var bySource = new HashMap<String, String>();
    config.agents().values().stream()
        .filter(a -> a.source() != null)
        .forEach(a -> bySource.put(a.source(), a.name()));
    var seen = new HashMap<Form, Optional<KnownCli>>();
    var agentNames = new AgentNames();
    return drafts.stream()
        // Definitions first: where a script has the same name, the script gets the longer one.
        .sorted(Comparator.comparing(DefinitionDraft::form).thenComparing(DefinitionDraft::id))
        .map(
            definitionDraft ->
                proposal(
                    definitionDraft,
                    agentNames.give(definitionDraft.named(), definitionDraft.form().word()),
                    seen.computeIfAbsent(definitionDraft.form(), this::cli).orElse(null),
                    uncommitted.containsKey(definitionDraft.file()),
                    bySource,
                    config.agents()))
        .sorted(
            Comparator.comparing(Definition::category)
                .thenComparing(Definition::name, String.CASE_INSENSITIVE_ORDER))
        .toList();
  }

  /** Who runs definitions of a form; what any can run goes to the first that is installed. */
  private Optional<KnownCli> cli(Form form) {
    return switch (form) {
      case SCRIPT -> Optional.empty();
      case AGENTS_MD ->
          Optional.of(
              KnownCli.ALL.stream()
                  .filter(c -> host.program(c.id()).isPresent())
                  .findFirst()
                  .orElse(KnownCli.ALL.getFirst()));
      default -> KnownCli.reading(form);
    };
  }

  private Definition proposal(
      DefinitionDraft definitionDraft,
      String name,
      KnownCli cli,
      boolean uncommitted,
      Map<String, String> bySource,
      Map<String, AgentSpec> agents) {
    var judged =
        CategoryClassifier.judge(
            definitionDraft.category(),
            definitionDraft.named(),
            definitionDraft.folder(),
            definitionDraft.description(),
            definitionDraft.text());
    String imported = bySource.get(definitionDraft.id());
    boolean taken = imported == null && agents.containsKey(name);
    // Who cannot be started as the agent that the definition describes is sent there by its role.
    boolean itself = cli != null && cli.as() != null && definitionDraft.handle() != null;
    boolean plain = cli == null || cli.run() != null;
    var as = itself ? List.of(cli.as(), definitionDraft.handle()) : List.<String>of();
    return new Definition(
        definitionDraft.id(),
        name,
        definitionDraft.form(),
        definitionDraft.file(),
        judged.category(),
        judged.reason(),
        role(definitionDraft, itself),
        cli == null ? "command" : cli.driver(),
        cli == null ? definitionDraft.run() : plain ? words(cli.run(), as) : null,
        cli == null ? null : cli.format(),
        plain ? List.of() : as,
        definitionDraft.model(),
        definitionDraft.owns(),
        cli == null ? List.of() : host.signIn(cli.login()).pass(),
        imported != null ? Standing.IMPORTED : taken ? Standing.TAKEN : Standing.NEW,
        imported != null ? imported : taken ? name : null,
        note(definitionDraft, cli, uncommitted));
  }

  /** A command line with more arguments behind the program's name. */
  private static String words(String run, List<String> more) {
    var words = new ArrayList<>(Arrays.asList(run.split(" ", 2)));
    words.addAll(1, more.stream().map(ShellQuoting::posix).toList());
    return String.join(" ", words);
  }

  private static String role(DefinitionDraft definitionDraft, boolean itself) {
    String said = FirstSentence.first(definitionDraft.description());
    if (itself
        || definitionDraft.form() == Form.SCRIPT
        || definitionDraft.form() == Form.AGENTS_MD) {
      return said == null ? "Does what " + definitionDraft.file() + " does" : said;
    }
    return (said == null ? "" : said + ". ") + "Your instructions are in " + definitionDraft.file();
  }

  private String note(DefinitionDraft definitionDraft, KnownCli cli, boolean uncommitted) {
    if (uncommitted) {
      return "Not committed: agents work on what is on main, so commit it before it is used.";
    }
    if (cli != null && host.program(cli.id()).isEmpty()) {
      return cli.name() + " is not installed. " + host.toInstall(cli);
    }
    return null;
  }
}
