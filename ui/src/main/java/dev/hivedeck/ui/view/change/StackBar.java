package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.merge.StackCommand;
import dev.hivedeck.engine.protocol.merge.StackQuery;
import dev.hivedeck.engine.protocol.merge.StackViews.Parts;
import dev.hivedeck.engine.protocol.merge.StackViews.SplitBy;
import dev.hivedeck.engine.protocol.merge.StackViews.SplitPreview;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.ObstacleKind;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.layout.VBox;

/** The stack that a change is in, the top first; how it was split, and a button that splits it. */
final class StackBar extends VBox {
  private final ScreenContext context;
  private final Texts texts;
  private List<Object> shown = List.of();

  StackBar(ScreenContext context) {
    super(4);
    this.context = context;
    this.texts = context.texts();
    getStyleClass().add("change-stack");
    Widgets.show(this, false);
  }

  /** Shows that of this change; nothing where it is alone and of a size that is read. */
  void show(Change change) {
    var stack = change.stack();
    var members = new ArrayList<Change>();
    if (stack != null) {
      stack.members().forEach(id -> context.live().changes().get(id).ifPresent(members::add));
    }
    boolean large = isLarge(change);
    boolean split = stack != null && !stack.parts().isEmpty();
    Widgets.show(this, members.size() > 1 || large || split);
    var now = new ArrayList<Object>(List.of(change.id(), change.head(), large, split));
    members.forEach(m -> now.add(List.of(m.id(), m.title(), m.state(), m.review())));
    if (now.equals(shown)) {
      return; // A link that is pressed must not be replaced meanwhile.
    }
    shown = List.copyOf(now);
    getChildren().clear();
    if (members.size() > 1) {
      members(change, members);
    }
    if (split) {
      parts(change);
    } else if (large) {
      offer(change);
    }
  }

  private static boolean isLarge(Change change) {
    return change.verdict() != null
        && change.state() != ChangeState.MERGED
        && change.state() != ChangeState.CLOSED
        && change.state() != ChangeState.MERGING
        && change.verdict().obstacles().stream().anyMatch(o -> o.kind() == ObstacleKind.SIZE);
  }

  // ── the stack ───────────────────────────────────────────────────────────────────────────────

  private void members(Change change, List<Change> members) {
    int place = members.stream().map(Change::id).toList().indexOf(change.id()) + 1;
    getChildren()
        .add(
            Widgets.row(
                8,
                Widgets.grow(Widgets.label(texts.text("stack.title"), "strong")),
                Widgets.label(texts.text("stack.place", place, members.size()), "muted")));
    for (var member : members.reversed()) {
      getChildren().add(member(change, member));
    }
    getChildren()
        .add(Widgets.row(8, Widgets.dot(Tone.GREEN), Widgets.label(texts.text("stack.main"))));
  }

  private Node member(Change change, Change member) {
    String number = "#" + member.number();
    var state = Tone.of(member.state());
    var word = state.on(Widgets.label(texts.word("change.state", member.state())));
    return member.id().equals(change.id())
        ? Widgets.row(
            8,
            Widgets.dot(state),
            Widgets.label(number, "mono"),
            Widgets.grow(Widgets.label(texts.text("stack.this"), "strong")),
            word)
        : Widgets.row(
            8,
            Widgets.dot(state),
            Widgets.link(number, () -> context.go().to(ScreenId.CHANGES, member.id()), "mono"),
            Widgets.grow(Widgets.label(member.title())),
            word);
  }

  // ── splitting ───────────────────────────────────────────────────────────────────────────────

  private void parts(Change change) {
    var nodes = new ArrayList<Node>(List.of(Widgets.label(texts.text("stack.split.into"))));
    for (String id : change.stack().parts()) {
      nodes.add(
          Widgets.link("#" + id.substring(2), () -> context.go().to(ScreenId.CHANGES, id), "mono"));
    }
    if (change.state() == ChangeState.CLOSED) {
      nodes.add(context.act(texts.text("stack.join"), () -> join(change)));
    }
    getChildren().add(Widgets.flow(8, 4, nodes.toArray(Node[]::new)));
  }

  private void offer(Change change) {
    var by =
        Widgets.flow(
            8,
            4,
            context.act(
                texts.text("stack.split.directory"), () -> preview(change, SplitBy.DIRECTORY)),
            context.act(texts.text("stack.split.commit"), () -> preview(change, SplitBy.COMMIT)));
    getChildren().add(by);
  }

  private void preview(Change change, SplitBy by) {
    context
        .steering()
        .query(new StackQuery.Preview(change.id(), by))
        .whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                ask(change, Json.as(answer, SplitPreview.class));
              } else {
                context.notices().failed(ErrorMessages.of(failure));
              }
            });
  }

  private void ask(Change change, SplitPreview preview) {
    var lines = new StringBuilder(texts.text("stack.split.will")).append("\n");
    int number = 1;
    for (var part : preview.parts()) {
      lines
          .append("\n")
          .append(
              texts.text(
                  "stack.split.part",
                  number++,
                  part.title(),
                  part.files(),
                  part.additions(),
                  part.deletions()));
    }
    if (context
        .dialogs()
        .confirm(
            texts.text("stack.split.title", "#" + change.number()),
            lines.toString(),
            texts.text("stack.split.verb", preview.parts().size()))) {
      context
          .steering()
          .execute(new StackCommand.Split(change.id(), preview.by()))
          .thenAccept(
              answer -> {
                var parts = Json.as(answer, Parts.class).parts();
                context
                    .notices()
                    .say(texts.text("stack.split.done", "#" + change.number(), parts.size()));
                context.go().to(ScreenId.CHANGES, parts.getFirst());
              });
    }
  }

  private void join(Change change) {
    context
        .steering()
        .execute(new StackCommand.Join(change.id()))
        .thenAccept(
            _ -> {
              context.notices().say(texts.text("stack.joined", "#" + change.number()));
              context.go().to(ScreenId.CHANGES, change.id());
            });
  }
}
