package dev.hivedeck.ui.control.permission;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.view.PermissionRequest;
import dev.hivedeck.engine.protocol.view.PermissionViews.PermissionRule;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.TextArea;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** The rule that an "always" makes: as asked, or as wide as the person writes it. */
final class PermissionRuleForm extends VBox {
  private final PermissionRequest request;
  private final ComboBox<String> whom = new ComboBox<>();
  private final TextArea what = new TextArea();
  private final CheckBox wild = new CheckBox();
  private final Label misses;
  private final Consumer<Command.SetPermission> made;

  PermissionRuleForm(
      ScreenContext context,
      PermissionRequest request,
      Consumer<Command.SetPermission> made,
      Runnable cancelled) {
    super(8);
    this.request = request;
    this.made = made;
    Texts texts = context.texts();
    getStyleClass().add("permission-rule");
    whom.getItems().setAll(texts.text("permission.rule.all"), request.agent());
    whom.getSelectionModel().selectFirst();
    whom.setAccessibleText(texts.text("permission.rule.for"));
    what.setText(request.what());
    what.setWrapText(true);
    what.setPrefRowCount(request.what().length() > 60 ? 3 : 1);
    what.getStyleClass().add("mono");
    what.setAccessibleText(texts.text("permission.rule.may", request.tool()));
    what.addEventFilter(KeyEvent.KEY_PRESSED, this::pressed);
    wild.setText(texts.text("permission.rule.wild"));
    misses = Tone.AMBER.on(Widgets.prose(texts.text("permission.rule.misses")));
    what.textProperty().subscribe(this::typed);
    wild.selectedProperty().subscribe(this::judge);
    var proposals = new FlowPane(6, 6);
    for (String wider : widenings(request.what())) {
      proposals.getChildren().add(Widgets.button(wider, () -> what.setText(wider), "flat", "mono"));
    }
    Widgets.show(proposals, proposals.getChildren().size() > 1);
    var hint = Widgets.prose(texts.text("permission.rule.hint"), "muted");
    wild.selectedProperty().subscribe(on -> Widgets.show(hint, on));
    var so =
        context.act(
            Widgets.button(texts.text("permission.rule.so"), this::make, "accent"),
            what.textProperty().map(String::isBlank));
    getChildren()
        .setAll(
            Widgets.label(texts.text("permission.rule"), "card-title"),
            Widgets.row(
                8, whom, Widgets.label(texts.text("permission.rule.may", request.tool()), "soft")),
            what,
            proposals,
            wild,
            hint,
            misses,
            Widgets.row(8, so, Widgets.button(texts.text("action.cancel"), cancelled)));
    setMinHeight(Region.USE_PREF_SIZE);
  }

  void enter() {
    what.requestFocus();
    what.end();
  }

  private void pressed(KeyEvent e) {
    if (Hotkey.SEND.pressed(e)) {
      make();
      e.consume();
    }
  }

  private Command.SetPermission rule() {
    return new Command.SetPermission(
        whom.getSelectionModel().getSelectedIndex() == 0 ? null : request.agent(),
        request.tool(),
        asAsked() ? request.what() : what.getText().strip(),
        true,
        !wild.isSelected());
  }

  private boolean asAsked() {
    return what.getText().strip().equals(request.what().strip());
  }

  /** What an agent asked for is meant as it stands; what a person wrote may hold wildcards. */
  private void typed() {
    boolean stars = what.getText().contains("*");
    wild.setSelected(stars && !asAsked());
    Widgets.show(wild, stars);
    judge();
  }

  private void judge() {
    var rule = rule();
    var draft =
        new PermissionRule(
            "", rule.agent(), rule.tool(), rule.what(), true, rule.literal(), Instant.EPOCH, 0);
    Widgets.show(misses, !draft.covers(request.agent(), request.tool(), request.what()));
  }

  private void make() {
    if (!what.getText().isBlank()) {
      made.accept(rule());
    }
  }

  /** What was asked, then more and more of the like. */
  static List<String> widenings(String asked) {
    Set<String> all = new LinkedHashSet<>(List.of(asked));
    if (asked.indexOf('\n') >= 0) {
      return List.copyOf(all);
    }
    String[] words = asked.split(" ");
    if (words.length > 2) {
      all.add(words[0] + " " + words[1] + " *");
    }
    if (words.length > 1) {
      all.add(words[0] + " *");
    }
    int slash = asked.lastIndexOf('/');
    if (words.length == 1 && slash > 0) {
      all.add(asked.substring(0, slash) + "/*");
    }
    return all.stream().filter(wider -> covers(wider, asked)).toList();
  }

  private static boolean covers(String wider, String asked) {
    return new PermissionRule("", null, "*", wider, true, false, Instant.EPOCH, 0)
        .covers("", "", asked);
  }
}
