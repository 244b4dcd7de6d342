package dev.hivedeck.engine.config.edit;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.hivedeck.engine.config.worktree.WorktreeConfig;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a file of another orchestrator says of how a worktree of a repository is made ready. It is
 * only read, never run.
 *
 * @param name of the file, from the root of the repository
 * @param setup null for none
 * @param run null for none
 * @param teardown null for none
 * @param preserve patterns of ignored files that a worktree gets
 * @param ports how many its scripts may use
 * @param wrong why nothing of it counts, with its place; null where it can be read
 */
record OrchestratorFile(
    String name,
    @Nullable String setup,
    @Nullable String run,
    @Nullable String teardown,
    List<String> preserve,
    int ports,
    @Nullable String wrong) {
  private static final String CONDUCTOR = "conductor.json";
  private static final String SUPERSET = ".superset/config.json";
  private static final String EMDASH = ".emdash.json";

  /** A larger file is nobody's configuration. */
  private static final int LARGEST = 1 << 20;

  /** What Emdash copies where its file does not say. */
  private static final List<String> EMDASH_PRESERVES =
      List.of(
          ".env",
          ".env.keys",
          ".env.local",
          ".env.*.local",
          ".envrc",
          "docker-compose.override.yml");

  private static final ObjectReader READER =
      Json.MAPPER.reader().with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  /** A command that can be followed by another on its line. */
  private static final Pattern ONE_LINE = Pattern.compile("[A-Za-z0-9 ./_=:@%+,$-]*");

  /** Something in a file that is not as its orchestrator has it. */
  private static final class Wrong extends Exception {
    private static final long serialVersionUID = 1L;

    Wrong(String message) {
      super(message);
    }
  }

  /** Those that a repository has. */
  static List<OrchestratorFile> in(Path root) {
    return Stream.of(CONDUCTOR, SUPERSET, EMDASH)
        .flatMap(name -> read(root, name).stream())
        .toList();
  }

  private static Optional<OrchestratorFile> read(Path root, String name) {
    Path file = root.resolve(name);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try {
      return Optional.of(of(name, content(file)));
    } catch (Wrong e) {
      return Optional.of(
          new OrchestratorFile(name, null, null, null, List.of(), 0, e.getMessage()));
    }
  }

  private static JsonNode content(Path file) throws Wrong {
    try {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > LARGEST) {
        throw new Wrong("it is no regular file of at most 1 MB");
      }
      var content = READER.readTree(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
      if (content == null || !content.isObject()) {
        throw new Wrong("it is no JSON object");
      }
      return content;
    } catch (JsonProcessingException e) {
      var place = e.getLocation();
      throw new Wrong(
          place == null
              ? "it is no JSON"
              : "line %d, column %d is no JSON".formatted(place.getLineNr(), place.getColumnNr()));
    } catch (IOException e) {
      throw new Wrong("it cannot be read");
    }
  }

  private static OrchestratorFile of(String name, JsonNode content) throws Wrong {
    return switch (name) {
      case SUPERSET ->
          new OrchestratorFile(
              name,
              script(content, "setup"),
              script(content, "run"),
              script(content, "teardown"),
              List.of(),
              20,
              null);
      case EMDASH -> {
        var scripts = scripts(content);
        yield new OrchestratorFile(
            name,
            script(scripts, "setup"),
            script(scripts, "run"),
            script(scripts, "teardown"),
            content.has("preservePatterns") ? patterns(content) : EMDASH_PRESERVES,
            1,
            null);
      }
      default -> {
        var scripts = scripts(content);
        yield new OrchestratorFile(
            name,
            script(scripts, "setup"),
            script(scripts, "run"),
            script(scripts, "archive"),
            List.of(),
            10,
            null);
      }
    };
  }

  private static JsonNode scripts(JsonNode content) throws Wrong {
    var scripts = content.path("scripts");
    if (!scripts.isMissingNode() && !scripts.isNull() && !scripts.isObject()) {
      throw new Wrong("scripts is no object");
    }
    return scripts;
  }

  /** A command, or several that run one after the other; null where there is none. */
  private static @Nullable String script(JsonNode of, String key) throws Wrong {
    var commands = new ArrayList<String>();
    for (String command : texts(of.path(key), key)) {
      if (!command.isBlank()) {
        commands.add(command.strip());
      }
    }
    return commands.isEmpty() ? null : inTurn(commands);
  }

  /** A comment, a here-document or a sign at its end does not reach into the next command. */
  private static String inTurn(List<String> commands) {
    boolean plain = commands.stream().allMatch(command -> ONE_LINE.matcher(command).matches());
    return commands.size() == 1 || plain
        ? String.join(" && ", commands)
        : commands.stream()
            .map(command -> "{ :\n" + command + "\n}")
            .collect(Collectors.joining(" && "));
  }

  private static List<String> patterns(JsonNode content) throws Wrong {
    String key = "preservePatterns";
    var patterns = texts(content.path(key), key);
    for (String pattern : patterns) {
      if (!WorktreeConfig.isPattern(pattern)) {
        throw new Wrong(key + " has one that is no pattern of files to copy");
      }
    }
    return patterns;
  }

  private static List<String> texts(JsonNode node, String key) throws Wrong {
    if (node.isMissingNode() || node.isNull()) {
      return List.of();
    }
    var texts = new ArrayList<String>();
    for (JsonNode one : node.isArray() ? node : List.of(node)) {
      if (!one.isTextual()) {
        throw new Wrong(key + " is neither text nor a list of texts");
      }
      String text = one.textValue();
      if (text.codePoints().anyMatch(OrchestratorFile::hidden)) {
        throw new Wrong(key + " has characters that do not show");
      }
      texts.add(text);
    }
    return texts;
  }

  /** Whoever consents is to see all of a command. */
  private static boolean hidden(int c) {
    return c != ' ' && c != '\n' && c != '\t' && Printable.hides(c);
  }
}
