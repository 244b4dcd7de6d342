package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.Holder;
import dev.hivedeck.engine.protocol.view.ChangeViews.Obstacle;
import dev.hivedeck.engine.protocol.view.ChangeViews.ObstacleKind;
import dev.hivedeck.engine.protocol.view.ChangeViews.Verdict;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import dev.hivedeck.ui.view.change.health.ClearingField;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** How it stands with a change, in one line, and what blocks or warns below it. */
final class VerdictBar extends VBox {
  /** More warnings are only counted. */
  private static final int SHOWN = 4;

  private final ScreenContext context;
  private final Texts texts;
  private final StackBar stack;
  private final ClearingField clearing;
  private List<Object> shown = List.of();
  private boolean over;

  VerdictBar(ScreenContext context) {
    super(4);
    this.context = context;
    this.texts = context.texts();
    this.stack = new StackBar(context);
    this.clearing = new ClearingField(context);
    getStyleClass().add("verdict");
  }

  /** An engine of an earlier version gives no verdict: then its reason alone is shown. */
  void show(ChangeViews.Change change) {
    stack.show(change);
    clearing.show(change.id());
    var verdict = change.verdict();
    var reason = change.reason() == null ? "" : change.reason();
    Widgets.show(this, verdict != null || !reason.isBlank());
    List<Object> now = verdict == null ? List.of(reason) : List.of(change.id(), reason, verdict);
    if (now.equals(shown)) {
      return; // A link that is pressed must not be replaced meanwhile.
    }
    shown = now;
    over = change.state().over();
    clearing.around(() -> fill(verdict, reason));
    setAccessibleText(verdict == null ? texts.said(reason) : texts.said(verdict.text()));
  }

  private void fill(Verdict verdict, String reason) {
    getChildren().clear();
    if (verdict != null) {
      getChildren().add(line(verdict));
    }
    if (!reason.isBlank() && (verdict == null || !verdict.text().contains(reason))) {
      getChildren().add(Widgets.prose(texts.said(reason), "soft"));
    }
    if (verdict != null) {
      obstacles(verdict);
    }
    getChildren().add(stack);
  }

  private Node line(Verdict verdict) {
    boolean blocked = !verdict.blockers().isEmpty();
    Tone tone = blocked ? Tone.RED : verdict.holder() == Holder.YOU ? Tone.AMBER : Tone.GREEN;
    var icon =
        tone.on(
            (blocked ? Icon.CLOSE : verdict.holder() == Holder.YOU ? Icon.WAITING : Icon.CHECK)
                .node());
    var holder = Widgets.tag(texts.word("change.holder", verdict.holder()));
    holder.setMinWidth(Region.USE_PREF_SIZE);
    Widgets.show(holder, verdict.holder() != Holder.NOBODY);
    return Widgets.row(
        8, icon, Widgets.grow(Widgets.prose(texts.said(verdict.text()), "strong")), holder);
  }

  private void obstacles(Verdict verdict) {
    verdict.blockers().forEach(o -> getChildren().add(obstacle(o)));
    var warnings =
        verdict.warnings().stream().filter(o -> o.kind() != ObstacleKind.APPROVAL).toList();
    warnings.stream().limit(SHOWN).forEach(o -> getChildren().add(obstacle(o)));
    int more = warnings.size() - SHOWN;
    if (more > 0) {
      getChildren().add(Widgets.label(texts.text("change.warnings.more", more), "muted"));
    }
    verdict.cleared().forEach(o -> getChildren().add(cleared(o)));
  }

  private Node obstacle(Obstacle obstacle) {
    var icon =
        obstacle.blocks() ? Tone.RED.on(Icon.CLOSE.node()) : Tone.AMBER.on(Icon.WARNED.node());
    var text = Widgets.prose(texts.said(obstacle.text()));
    Node remedy =
        obstacle.kind() == ObstacleKind.CONFLICT && obstacle.about().startsWith("C-")
            ? Widgets.link(
                texts.text("change.obstacle.look", "#" + obstacle.about().substring(2)),
                () -> context.go().to(ScreenId.CHANGES, obstacle.about()))
            : Widgets.prose(texts.said(obstacle.remedy()), "muted");
    var words = Widgets.flow(8, 0, text, remedy);
    if (!obstacle.clearable() || over) {
      return Widgets.row(8, icon, Widgets.grow(words));
    }
    var clear = Widgets.link(texts.text("change.clear"), () -> clearing.open(obstacle.code()));
    clear.setMinWidth(Region.USE_PREF_SIZE);
    clear.setAccessibleText(
        texts.text("change.clear.what", texts.said(obstacle.text()))); // several look alike
    return new VBox(
        4, Widgets.row(8, icon, Widgets.grow(words), clear), clearing.at(obstacle.code()));
  }

  private Node cleared(Obstacle obstacle) {
    var by = obstacle.cleared();
    var text = Widgets.prose(texts.said(obstacle.text()), "muted");
    var why =
        Widgets.prose(
            texts.text(
                "change.cleared",
                by.by().equals(View.YOU) ? texts.text("change.cleared.you") : by.by(),
                texts.moment(by.at()),
                by.reason()),
            "soft");
    var words = Widgets.grow(Widgets.flow(8, 0, text, why));
    if (over) {
      return Widgets.row(8, Tone.GREEN.on(Icon.CHECK.node()), words);
    }
    var undo = Widgets.link(texts.text("change.unclear"), () -> clearing.undo(obstacle.code()));
    undo.setMinWidth(Region.USE_PREF_SIZE);
    undo.setAccessibleText(texts.text("change.unclear.what", texts.said(obstacle.text())));
    return Widgets.row(8, Tone.GREEN.on(Icon.CHECK.node()), words, undo);
  }
}
