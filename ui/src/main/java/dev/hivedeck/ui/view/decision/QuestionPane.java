package dev.hivedeck.ui.view.decision;

import dev.hivedeck.ui.live.LiveModel;
import dev.hivedeck.ui.shell.OpenWorkspace;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/**
 * The question that is looked at. One of another repository is answered here all the same; above it
 * stands whose it is, and the way there.
 */
final class QuestionPane extends VBox {
  private final ScreenContext context;
  private final Consumer<Question> open;
  private final Map<LiveModel, DecisionInspector> inspectors = new HashMap<>();
  private final HBox whose = Widgets.row(8);
  private DecisionInspector inspector;
  private Question shown;

  /**
   * @param open shows another question
   */
  QuestionPane(ScreenContext context, Consumer<Question> open) {
    super(10);
    this.context = context;
    this.open = open;
    Widgets.show(whose, false);
    show(null);
  }

  /** Shows this one; null for none. */
  void show(Question q) {
    shown = q;
    var live = q == null ? context.live() : q.workspace().live();
    var known = context.workspaces().all().stream().map(OpenWorkspace::live).toList();
    inspectors.keySet().retainAll(known);
    var wanted = inspectors.get(live);
    if (wanted == null) {
      var there = q == null ? context : q.in(context);
      wanted = new DecisionInspector(there, this::another);
      inspectors.put(live, wanted);
    }
    if (inspector != wanted) {
      if (inspector != null) {
        inspector.show(null);
      }
      inspector = wanted;
      VBox.setVgrow(inspector, Priority.ALWAYS);
      getChildren().setAll(whose, inspector);
    }
    showWhose();
    inspector.show(q == null ? null : q.decision());
  }

  private void showWhose() {
    boolean elsewhere = isElsewhere();
    Widgets.show(whose, elsewhere);
    whose.getChildren().clear();
    if (elsewhere) {
      var texts = context.texts();
      String name = shown.workspace().name();
      var go = Widgets.button(texts.text("workspace.show", name), this::follow);
      go.setGraphic(Icon.HIVE.node());
      whose
          .getChildren()
          .addAll(Widgets.grow(Widgets.label(texts.text("decisions.asked-in", name), "soft")), go);
    }
  }

  private boolean isElsewhere() {
    return shown != null && shown.workspace().live() != context.live();
  }

  private void another(String id) {
    shown
        .workspace()
        .live()
        .decisions()
        .get(id)
        .ifPresent(d -> open.accept(new Question(shown.workspace(), d)));
  }

  /** Goes where it was asked. */
  private void follow() {
    shown.in(context).go().to(ScreenId.DECISIONS, shown.id());
  }

  /** The person wants to deal with it: here, or where it was asked. */
  void enter() {
    if (isElsewhere()) {
      follow();
    } else {
      inspector.requestFocus();
    }
  }

  /** Takes a letter that nobody else wants; whether it was of use. */
  boolean typed(char letter) {
    return inspector.typed(letter);
  }
}
