package dev.hivedeck.engine.agent.dialect.acp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.TextFormat;
import dev.hivedeck.engine.agent.dialect.DialectEvent;
import dev.hivedeck.engine.agent.dialect.EventParsing;
import dev.hivedeck.engine.agent.request.ClientRequest;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** A tool that an agent uses, as it is told by and by in the Agent Client Protocol. */
final class AcpTool {
  private static final Set<String> CHANGING = Set.of("edit", "delete", "move");
  private static final Set<String> READING = Set.of("read", "search", "fetch");
  private static final List<String> PATHS =
      List.of("path", "file_path", "filePath", "absolute_path", "filepath");

  private final String id;
  private final ObjectNode known = Json.object();
  private boolean begun;

  AcpTool(String id) {
    this.id = id;
  }

  /**
   * Something new about it.
   *
   * @param terminals what each has printed, as far as it is known; null for others
   */
  List<DialectEvent> news(
      JsonNode update, Function<String, ClientRequest.Outcome.Output> terminals) {
    learn(update);
    String status = known.path("status").asText("pending");
    var heard = new ArrayList<DialectEvent>();
    if (!begun && !status.equals("pending")) {
      begun = true;
      heard.addAll(begins());
    }
    if (over()) {
      heard.addAll(ends(status.equals("failed"), terminals));
    }
    return heard;
  }

  void learn(JsonNode update) {
    for (var part : update.properties()) {
      if (!part.getValue().isNull()) {
        known.set(part.getKey(), part.getValue());
      }
    }
  }

  boolean over() {
    return List.of("completed", "failed").contains(known.path("status").asText());
  }

  private List<DialectEvent> begins() {
    String kind = kind();
    if (kind.equals("execute")) {
      return DialectEvent.did(new Act.Run(id, command(), "", null));
    }
    if (READING.contains(kind)) {
      return DialectEvent.did(new Act.Read(subject()));
    }
    return CHANGING.contains(kind)
        ? List.of()
        : DialectEvent.did(
            new Act.Tool(id, title(), EventParsing.text(known.path("rawInput")), "", null));
  }

  private List<DialectEvent> ends(
      boolean failed, Function<String, ClientRequest.Outcome.Output> terminals) {
    var heard = new ArrayList<DialectEvent>();
    var terminal = terminal(terminals);
    String output = terminal == null ? output() : terminal.text();
    String kind = kind();
    if (kind.equals("execute")) {
      heard.add(new DialectEvent.Did(new Act.Run(id, command(), output, exit(failed, terminal))));
    } else if (CHANGING.contains(kind)) {
      edits(failed ? null : true).forEach(edit -> heard.add(new DialectEvent.Did(edit)));
    } else if (!READING.contains(kind)) {
      heard.add(
          new DialectEvent.Did(
              new Act.Tool(
                  id, title(), EventParsing.text(known.path("rawInput")), output, !failed)));
    }
    if (failed && EventParsing.refused(output)) {
      heard.add(new DialectEvent.Refusal(title() + ": " + output));
    }
    return heard;
  }

  /** What it wants to be allowed. */
  Permission permission() {
    String place = known.path("locations").path(0).path("path").asText(null);
    String kind = kind();
    var detail = new StringBuilder();
    if (CHANGING.contains(kind)) {
      edits(null).forEach(edit -> detail.append(edit.diff()));
    }
    if (detail.isEmpty()) {
      detail.append(output());
    }
    return new Permission(
        kind.equals("other") ? title() : kind,
        kind.equals("execute") ? command() : subject(),
        place,
        detail.isEmpty() ? null : TextFormat.shorten(detail.toString(), Act.LONG));
  }

  /** The files that it changes, if it does nothing else. */
  List<String> changes() {
    if (!CHANGING.contains(kind())) {
      return List.of();
    }
    var paths = new LinkedHashSet<String>();
    known.path("content").forEach(part -> add(paths, part.path("path")));
    known.path("locations").forEach(place -> add(paths, place.path("path")));
    PATHS.forEach(key -> add(paths, known.path("rawInput").path(key)));
    return List.copyOf(paths);
  }

  private static void add(Set<String> paths, JsonNode path) {
    if (path.isTextual()) {
      paths.add(path.asText());
    }
  }

  private List<Act.Edit> edits(Boolean done) {
    var edits = new ArrayList<Act.Edit>();
    for (JsonNode part : known.path("content")) {
      if (part.path("type").asText().equals("diff")) {
        edits.add(
            new Act.Edit(
                id,
                part.path("path").asText(),
                EventParsing.change(
                    part.path("oldText").asText(""), part.path("newText").asText("")),
                done));
      }
    }
    if (edits.isEmpty()) {
      edits.add(new Act.Edit(id, subject(), "", done));
    }
    return edits;
  }

  private String kind() {
    return known.path("kind").asText("other");
  }

  private String title() {
    return known.path("title").asText(kind());
  }

  private String command() {
    JsonNode command = known.path("rawInput").path("command");
    if (command.isArray()) {
      var words = new ArrayList<String>();
      command.forEach(word -> words.add(word.asText()));
      return String.join(" ", words);
    }
    return command.asText(title());
  }

  private String subject() {
    var places = changes();
    if (!places.isEmpty()) {
      return String.join(", ", places);
    }
    return READING.contains(kind())
        ? known.path("locations").path(0).path("path").asText(title())
        : title();
  }

  private String output() {
    var text = new StringBuilder();
    for (JsonNode part : known.path("content")) {
      if (part.path("type").asText().equals("content")) {
        text.append(part.path("content").path("text").asText());
      }
    }
    JsonNode raw = known.path("rawOutput");
    return text.isEmpty()
        ? EventParsing.text(
            raw.hasNonNull("output")
                ? raw.get("output")
                : raw.hasNonNull("error") ? raw.get("error") : raw)
        : text.toString();
  }

  private ClientRequest.Outcome.Output terminal(
      Function<String, ClientRequest.Outcome.Output> terminals) {
    for (JsonNode part : known.path("content")) {
      if (part.path("type").asText().equals("terminal")) {
        return terminals.apply(part.path("terminalId").asText());
      }
    }
    return null;
  }

  private Integer exit(boolean failed, ClientRequest.Outcome.Output terminal) {
    if (terminal != null && terminal.exit() != null) {
      return terminal.exit();
    }
    JsonNode raw = known.path("rawOutput");
    for (JsonNode code :
        List.of(raw.path("metadata").path("exit"), raw.path("exitCode"), raw.path("exit_code"))) {
      if (code.isNumber()) {
        return code.asInt();
      }
    }
    return failed ? -1 : 0;
  }
}
