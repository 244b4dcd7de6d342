package dev.hivedeck.ui.view.change;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.ui.shell.ScreenContext;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What a person noted on the lines of a change and did not send yet. */
final class DraftComments {
  private final ScreenContext context;

  DraftComments(ScreenContext context) {
    this.context = context;
  }

  List<LineComment> of(String change) {
    var json = context.drafts().text(path(change));
    if (json.isEmpty()) {
      return List.of();
    }
    try {
      return Json.MAPPER.readValue(json, new TypeReference<List<LineComment>>() {});
    } catch (JsonProcessingException e) {
      LoggerFactory.getLogger(DraftComments.class).warn("Notes on {} are not readable", change, e);
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
    context.drafts().put(path(change), drafts.isEmpty() ? "" : Json.tree(drafts).toString());
  }

  /** What is being written about a line just now; it counts as a note after a restart. */
  void writing(String change, LineComment draft) {
    context.drafts().put(path(change) + " now", draft == null ? "" : Json.tree(draft).toString());
  }

  /** Makes a note of what was being written when the program ended. */
  void takeUp(String change) {
    var json = context.drafts().text(path(change) + " now");
    if (!json.isEmpty()) {
      writing(change, null);
      try {
        keep(change, Json.MAPPER.readValue(json, LineComment.class));
      } catch (JsonProcessingException e) {
        LoggerFactory.getLogger(DraftComments.class)
            .warn("A note on {} is not readable", change, e);
      }
    }
  }

  private static String path(String change) {
    return "lines " + change;
  }
}
