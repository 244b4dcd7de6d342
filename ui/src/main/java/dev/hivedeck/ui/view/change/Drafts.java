package dev.hivedeck.ui.view.change;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.ui.shell.Desk;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What a person noted on lines and did not send yet. It outlives the window. */
final class Drafts {
  private final Desk desk;

  Drafts(Desk desk) {
    this.desk = desk;
  }

  List<LineComment> of(String change) {
    var json = desk.settings().text(path(change), "");
    if (json.isEmpty()) {
      return List.of();
    }
    try {
      return Json.MAPPER.readValue(json, new TypeReference<List<LineComment>>() {});
    } catch (JsonProcessingException e) {
      LoggerFactory.getLogger(Drafts.class).warn("Drafts on {} are not readable", change, e);
      return List.of();
    }
  }

  void keep(String change, LineComment draft) {
    var all = new ArrayList<>(of(change));
    all.add(draft);
    put(change, all);
  }

  void drop(String change, LineComment draft) {
    var all = new ArrayList<>(of(change));
    all.remove(draft);
    put(change, all);
  }

  void clear(String change) {
    put(change, List.of());
  }

  private void put(String change, List<LineComment> drafts) {
    desk.settings().put(path(change), drafts.isEmpty() ? "" : Json.tree(drafts).toString());
  }

  private String path(String change) {
    var workspace = desk.live().workspace().get();
    var name = workspace == null ? "none" : workspace.path().replaceAll("[^A-Za-z0-9_-]", "_");
    return "drafts." + name + "." + change;
  }
}
