package dev.hivedeck.ui.view.slo.form;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.ui.control.diff.DiffView;
import dev.hivedeck.ui.control.diff.Reviewer;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Sheet;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javafx.application.Platform;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.scene.control.CheckBox;
import javafx.scene.control.Label;
import javafx.scene.layout.VBox;

/** Takes objectives of others over, once the difference in {@code hive.yaml} was seen. */
public final class ImportSheet {
  private static final double WIDTH = 760;
  private static final double ROW = 21;
  private static final double HIGHEST = 300;
  private static final int MOST_LEFT = 8;
  private static final long LARGEST = 1 << 20;

  private final ScreenContext context;
  private final Texts texts;
  private final VBox found = new VBox(3);
  private final VBox left = new VBox(3);
  private final DiffView diff;
  private final Label wrong = Tone.RED.on(Widgets.prose(""));
  private final CheckBox skip = new CheckBox();
  private final SimpleBooleanProperty off = new SimpleBooleanProperty(true);
  private Sheet sheet;
  private String text;
  private Config.Import come;

  public ImportSheet(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    this.diff = new DiffView(context, Reviewer.NONE);
    skip.setText(texts.text("slo.import.skip"));
    skip.selectedProperty().subscribe(_ -> renew());
  }

  /** Asks for a file, and shows what it comes to. */
  public void choose() {
    context
        .dialogs()
        .chooseFiles(texts.text("slo.import.choose"), List.of("*.yaml", "*.yml"))
        .stream()
        .findFirst()
        .ifPresent(this::take);
  }

  private void take(Path file) {
    Thread.ofVirtual()
        .name("objective-import")
        .start(
            () -> {
              try {
                if (!Files.isRegularFile(file) || Files.size(file) > LARGEST) {
                  throw new IOException(texts.text("slo.import.large"));
                }
                var read = Files.readString(file);
                Platform.runLater(() -> open(file.getFileName().toString(), read));
              } catch (IOException e) {
                var fault =
                    HiveException.Fault.of(
                        ErrorCode.NO_FILE,
                        texts.text("slo.import.unreadable", file.toString(), e.getMessage()),
                        texts.text("slo.import.unreadable.hint"));
                Platform.runLater(() -> context.notices().failed(fault));
              }
            });
  }

  private void open(String name, String read) {
    text = read;
    context
        .steering()
        .query(new Query.ImportPreview(read, null))
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                context.notices().failed(ErrorMessages.of(failure));
                return;
              }
              fill(Json.as(answer, Config.Import.class));
              show(name);
            });
  }

  private void show(String name) {
    var body = Widgets.scroll(new VBox(12, found, left, skip, diff, wrong));
    body.setMaxHeight(520 * context.theme().scale().get());
    var write =
        context.act(Widgets.button(texts.text("slo.form.save"), this::write, "accent"), off);
    Widgets.show(wrong, false);
    var cancel = Widgets.button(texts.text("slo.cancel"), context.go()::closeSheet);
    sheet = new Sheet(texts.text("slo.import.title", name), WIDTH, body).actions(cancel, write);
    context.go().sheet(sheet, cancel);
  }

  private void fill(Config.Import now) {
    come = now;
    found
        .getChildren()
        .setAll(
            now.taken().stream()
                .map(
                    t -> {
                      var same = t.state().equals("same");
                      var label =
                          Widgets.label(
                              texts.text(
                                  "slo.import.taken",
                                  t.name(),
                                  texts.text("slo.import.state." + t.state()),
                                  t.format(),
                                  String.valueOf(t.line())),
                              "text");
                      label.setGraphic(
                          (same ? Tone.NEUTRAL : Tone.GREEN)
                              .on((same ? Icon.CHECK : Icon.ADD).node()));
                      return label;
                    })
                .toList());
    left.getChildren().clear();
    now.left().stream().limit(MOST_LEFT).forEach(l -> left.getChildren().add(left(l)));
    if (now.left().size() > MOST_LEFT) {
      left.getChildren()
          .add(
              Widgets.label(texts.text("slo.import.more", now.left().size() - MOST_LEFT), "muted"));
    }
    Widgets.show(skip, incomplete());
    var files = now.preview().diff().files();
    Widgets.show(diff, !files.isEmpty());
    if (!files.isEmpty()) {
      diff.show(files.getFirst(), List.of(), List.of());
      int rows = files.getFirst().hunks().stream().mapToInt(h -> h.lines().size() + 1).sum();
      double height = Math.min(HIGHEST, (rows + 2) * ROW) * context.theme().scale().get() + 12;
      diff.setPrefHeight(height);
      diff.setMinHeight(height);
    }
    renew();
  }

  private Label left(Config.Left l) {
    var of = (l.objective() + " " + l.key()).strip();
    var label =
        Widgets.prose(
            texts.text("slo.import.left", String.valueOf(l.line()), of, texts.said(l.why())),
            "soft");
    label.setGraphic(Tone.AMBER.on(Icon.WARNED.node()));
    label.setGraphicTextGap(8);
    return label;
  }

  /** Whether an objective is among what is not taken over. */
  private boolean incomplete() {
    return come.left().stream().anyMatch(l -> l.key().isEmpty());
  }

  private void renew() {
    if (come == null) {
      return;
    }
    var problems = come.preview().problems();
    say(String.join("\n", problems));
    off.set(
        come.preview().diff().files().isEmpty()
            || !problems.isEmpty()
            || incomplete() && !skip.isSelected());
  }

  private void say(String what) {
    wrong.setText(what);
    Widgets.show(wrong, !what.isEmpty());
  }

  private void write() {
    off.set(true);
    context
        .steering()
        .send(new Command.ImportObjectives(come.preview().digest(), text, null, skip.isSelected()))
        .whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                context.go().closeSheet(sheet);
                context.notices().say(texts.text("slo.import.done", come.taken().size()));
                return;
              }
              var fault = ErrorMessages.of(failure);
              again(texts.said(fault.message()) + " " + texts.said(fault.hint()));
            });
  }

  /** Looks again at what it would come to now, since somebody may have changed the file. */
  private void again(String why) {
    context
        .steering()
        .query(new Query.ImportPreview(text, null))
        .whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                fill(Json.as(answer, Config.Import.class));
              }
              say(why);
            });
  }
}
