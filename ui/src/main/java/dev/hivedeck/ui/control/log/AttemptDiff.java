package dev.hivedeck.ui.control.log;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.ui.control.diff.DiffView;
import dev.hivedeck.ui.control.diff.Reviewer;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.List;
import java.util.Optional;
import javafx.scene.control.Label;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** What an attempt has made of one file so far, in place of its log. */
final class AttemptDiff extends VBox {
  private final ScreenContext context;
  private final DiffView diff;
  private final Label path = Widgets.label("", "mono");
  private final StackPane body = new StackPane();
  private Object asked;
  private String attempt;

  /**
   * @param back where one came from
   */
  AttemptDiff(ScreenContext context, Runnable back) {
    super(6);
    this.context = context;
    diff =
        new DiffView(
            context,
            Reviewer.NONE, // what is not a change yet is not reviewed
            (file, from) -> context.steering().query(new Query.Diff(null, attempt, file, from)));
    var link = Widgets.link(context.texts().text("act.back"), back);
    link.setGraphic(Icon.LEFT.node());
    VBox.setVgrow(body, Priority.ALWAYS);
    getChildren().setAll(Widgets.row(10, link, Widgets.grow(path)), body);
  }

  /** Asks anew: an attempt that runs goes on changing it. */
  void show(String wanted, String file) {
    var key = new Object();
    asked = key;
    attempt = wanted;
    path.setText(file);
    body.getChildren().setAll(EmptyState.loading(context.texts().text("files.loading")));
    context
        .steering()
        .query(new Query.Diff(null, attempt))
        .whenComplete(
            (answer, failure) -> {
              if (asked == key) {
                if (failure == null) {
                  show(file, Json.as(answer, FileDiffs.class).files());
                } else {
                  body.getChildren()
                      .setAll(
                          EmptyState.failed(
                              context.texts(),
                              DiffView.fault(context.texts(), failure),
                              () -> show(wanted, file)));
                }
              }
            });
  }

  private void show(String file, List<FileDiff> files) {
    var worktree =
        context.live().attempts().get(attempt).map(AttemptViews.Attempt::worktree).orElse(null);
    var found = find(files, within(worktree, file));
    if (found.isPresent()) {
      diff.forget();
      diff.show(found.get(), List.of(), List.of());
      body.getChildren().setAll(diff);
    } else {
      body.getChildren()
          .setAll(
              EmptyState.empty(
                  Icon.FILE,
                  context.texts().text("act.nodiff"),
                  context.texts().text("act.nodiff.more")));
    }
  }

  /** A path as git has it: agents name files from their worktree, or from the root. */
  static String within(String worktree, String file) {
    String even = file.replace('\\', '/');
    String root = worktree == null ? "" : worktree.replace('\\', '/') + "/";
    if (!root.isEmpty() && even.startsWith(root)) {
      even = even.substring(root.length());
    }
    return even.startsWith("./") ? even.substring(2) : even;
  }

  private static Optional<FileDiff> find(List<FileDiff> files, String path) {
    return files.stream()
        .filter(f -> f.path().equals(path))
        .findFirst()
        .or(() -> files.stream().filter(f -> path.endsWith("/" + f.path())).findFirst());
  }
}
