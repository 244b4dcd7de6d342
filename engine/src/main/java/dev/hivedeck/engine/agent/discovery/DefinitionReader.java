package dev.hivedeck.engine.agent.discovery;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.hivedeck.engine.agent.discovery.FrontMatter.Malformed;
import dev.hivedeck.engine.protocol.Discovery.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the definitions of agents that command line agents understand. A file that is not one of
 * theirs is no definition; one that is and cannot be read is told by {@link Malformed}.
 */
final class DefinitionReader {
  private static final TomlMapper TOML = new TomlMapper();

  private DefinitionReader() {}

  /** Where definitions of a form lie, as the agents that read them have it. */
  private record Home(Form form, String folder, String ending) {
    boolean holds(String file) {
      return file.startsWith(folder) && file.endsWith(ending);
    }
  }

  private static final List<Home> HOMES =
      List.of(
          new Home(Form.CLAUDE, ".claude/agents/", ".md"),
          new Home(Form.OPENCODE, ".opencode/agent/", ".md"),
          new Home(Form.OPENCODE, ".opencode/agents/", ".md"),
          new Home(Form.CODEX, ".codex/agents/", ".toml"),
          new Home(Form.CODEX, ".codex/agents/", ".md"),
          new Home(Form.CODEX, ".codex/prompts/", ".md"),
          new Home(Form.GEMINI, ".gemini/agents/", ".md"),
          new Home(Form.COPILOT, ".github/agents/", ".md"));

  private static final String CODEX_SETTINGS = ".codex/config.toml";
  private static final String AGENTS = "AGENTS.md";

  /** The folders that are looked into even where git ignores them. */
  static final List<String> FOLDERS =
      List.of(
          ".claude/agents",
          ".opencode/agent",
          ".opencode/agents",
          ".codex",
          ".gemini/agents",
          ".github/agents");

  /** The form of a file by where it lies and how its name ends. */
  static Optional<Form> form(String file) {
    if (file.equals(CODEX_SETTINGS)) {
      return Optional.of(Form.CODEX);
    }
    if (file.equals(AGENTS) || file.endsWith("/" + AGENTS)) {
      return Optional.of(Form.AGENTS_MD);
    }
    return home(file).map(Home::form).filter(f -> !leaf(file).equalsIgnoreCase("README.md"));
  }

  private static Optional<Home> home(String file) {
    return HOMES.stream().filter(h -> h.holds(file)).findFirst();
  }

  static List<DefinitionDraft> read(String file, String text) throws Malformed {
    if (file.equals(CODEX_SETTINGS)) {
      return settings(file, text);
    }
    if (leaf(file).equals(AGENTS)) {
      return instructions(file, text);
    }
    var home = home(file).orElseThrow();
    return List.of(file.endsWith(".toml") ? toml(home, file, text) : markdown(home, file, text));
  }

  private static DefinitionDraft markdown(Home home, String file, String text) throws Malformed {
    var head = FrontMatter.of(text);
    boolean prompt = home.folder().endsWith("prompts/");
    if (head.values().isEmpty() && head.body().isBlank()) {
      throw new Malformed(1, "it is empty");
    }
    if (home.form() == Form.CLAUDE && head.values().isEmpty()) {
      throw new Malformed(1, "it has no head with name and description");
    }
    String below = file.substring(home.folder().length());
    String path = below.replaceFirst("(\\.agent|\\.chatmode)?\\.md$", "");
    String named = head.value("name") != null ? head.value("name") : stem(path);
    // opencode and Copilot know an agent by its file, Claude Code by the name in its head.
    String handle =
        switch (home.form()) {
          case CLAUDE -> head.value("name");
          case OPENCODE -> path;
          case COPILOT -> stem(path);
          default -> null;
        };
    String model = head.value("model");
    return new DefinitionDraft(
        file,
        file,
        home.form(),
        named,
        handle,
        folder(below) + (prompt ? " prompt" : ""),
        head.value("category"),
        head.value("description") != null ? head.value("description") : paragraph(head.body()),
        head.body(),
        model == null || model.equals("inherit") ? null : model,
        List.of(),
        null);
  }

  private static DefinitionDraft toml(Home home, String file, String text) throws Malformed {
    JsonNode root = parse(text);
    String below = file.substring(home.folder().length());
    return new DefinitionDraft(
        file,
        file,
        home.form(),
        string(root, "name", stem(below.substring(0, below.lastIndexOf('.')))),
        null,
        folder(below),
        string(root, "category", null),
        string(root, "description", null),
        string(root, "developer_instructions", ""),
        string(root, "model", null),
        List.of(),
        null);
  }

  /** {@code [agents.<name>]} in Codex's settings; those that name a file are told by that file. */
  private static List<DefinitionDraft> settings(String file, String text) throws Malformed {
    var drafts = new ArrayList<DefinitionDraft>();
    for (var entry : parse(text).path("agents").properties()) {
      JsonNode agent = entry.getValue();
      if (agent.isObject() && !agent.has("config_file")) {
        drafts.add(
            new DefinitionDraft(
                file + "#" + entry.getKey(),
                file,
                Form.CODEX,
                entry.getKey(),
                null,
                "",
                string(agent, "category", null),
                string(agent, "description", null),
                string(agent, "developer_instructions", ""),
                string(agent, "model", null),
                List.of(),
                null));
      }
    }
    return drafts;
  }

  private static JsonNode parse(String text) throws Malformed {
    try {
      return TOML.readTree(text);
    } catch (JacksonException e) {
      int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
      throw new Malformed(line, "it is no valid TOML: " + e.getOriginalMessage());
    }
  }

  private static String string(JsonNode node, String key, String otherwise) {
    JsonNode value = node.path(key);
    return value.isTextual() && !value.asText().isBlank() ? value.asText().strip() : otherwise;
  }

  /**
   * An {@code AGENTS.md} tells every agent how to work in its folder; so it makes one that works
   * there.
   */
  private static List<DefinitionDraft> instructions(String file, String text) throws Malformed {
    if (text.isBlank()) {
      throw new Malformed(1, "it is empty");
    }
    String folder = file.contains("/") ? file.substring(0, file.lastIndexOf('/')) : "";
    return List.of(
        new DefinitionDraft(
            file,
            file,
            Form.AGENTS_MD,
            folder.isEmpty() ? "builder" : folder.replace('/', '-'),
            null,
            folder,
            null,
            folder.isEmpty()
                ? "Works as AGENTS.md says"
                : "Works in " + folder + " as its AGENTS.md says",
            null,
            null,
            folder.isEmpty() ? List.of() : List.of(folder + "/**"),
            null));
  }

  private static String leaf(String file) {
    return file.substring(file.lastIndexOf('/') + 1);
  }

  private static String stem(String path) {
    return leaf(path);
  }

  private static String folder(String below) {
    return below.contains("/") ? below.substring(0, below.lastIndexOf('/')) : "";
  }

  /** The first paragraph that is no heading. */
  private static String paragraph(String body) {
    for (String block : body.strip().split("\\n\\s*\\n")) {
      if (!block.isBlank() && !block.strip().startsWith("#")) {
        return block.strip();
      }
    }
    return null;
  }
}
