package dev.hivedeck.ui.shell.widget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.HostileTexts;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.theme.TextShaping;
import java.util.ArrayList;
import javafx.beans.property.SimpleStringProperty;
import javafx.scene.Scene;
import javafx.scene.control.skin.LabelSkin;
import javafx.scene.layout.StackPane;
import javafx.scene.text.Font;
import javafx.scene.text.Text;
import org.junit.jupiter.api.Test;

class SafeLabelTest {
  /** Without {@link TextShaping} Arabic and Hebrew throw here at most widths. */
  @Test
  void everyTextWrapsAtEveryWidth() {
    FxThread.run(TextShaping::mend);
    HostileTexts.texts()
        .forEach(
            (name, text) -> {
              var shown = text.substring(0, Math.min(300, text.length()));
              FxThread.run(
                  () -> {
                    for (int width = 20; width <= 500; width += 20) {
                      var node = new Text(shown);
                      node.setFont(Font.font("Inter", 13));
                      node.setWrappingWidth(width);
                      assertThat(node.getLayoutBounds().getHeight()).as(name).isPositive();
                    }
                  });
            });
  }

  @Test
  void aWrappedLineHoldsOnlyItsOwnWords() {
    FxThread.run(TextShaping::mend);
    var tall =
        FxThread.get(
            () -> {
              var node = new Text(HostileTexts.texts().get("arabic"));
              node.setFont(Font.font("Inter", 13));
              node.setWrappingWidth(160);
              return node.getLayoutBounds();
            });
    assertThat(tall.getWidth()).isLessThanOrEqualTo(170);
  }

  @Test
  void aTextThatCannotBeLaidOutIsShownInPlainLetters() {
    var label =
        FxThread.get(
            () -> {
              var made = new SafeLabel("mühsam שלום", SafeLabel.Shape.PROSE);
              breakLayout(made);
              var pane = new StackPane(made);
              new Scene(pane, 200, 100);
              pane.applyCss();
              pane.layout();
              return made;
            });
    assertThat(label.getText()).isEqualTo("mu?hsam ????");
  }

  // As no text is known that breaks it still, a skin does.
  private static void breakLayout(SafeLabel safeLabel) {
    safeLabel.setSkin(
        new LabelSkin(safeLabel) {
          @Override
          protected double computePrefHeight(
              double width, double top, double right, double bottom, double left) {
            if (safeLabel.getText().chars().anyMatch(c -> c > 127)) {
              throw new ArrayIndexOutOfBoundsException("Index -3 out of bounds for length 61");
            }
            return super.computePrefHeight(width, top, right, bottom, left);
          }
        });
  }

  @Test
  void wordsThatFollowOthersAreNoLessPlain() {
    var told = new SimpleStringProperty("calm");
    var safeLabel = FxThread.get(() -> new SafeLabel("", SafeLabel.Shape.LINE));
    FxThread.run(() -> safeLabel.textProperty().bind(told));
    FxThread.run(() -> told.set("a\u202eb" + "x".repeat(100_000)));
    assertThat(safeLabel.getText()).startsWith("a\\u202eb").hasSizeLessThan(500);
  }

  @Test
  void whatIsHiddenIsSpelledOut() {
    assertThat(DisplayText.line("a\u0000b\u202ec\u001b[31mred\u001b[0m\r\nnext"))
        .isEqualTo("a\\0b\\u202ecred\\nnext");
    assertThat(DisplayText.text("one\n\ttwo\u2028three")).isEqualTo("one\n    two\nthree");
    assertThat(DisplayText.line("Wörter – “so” · fertig…")).isEqualTo("Wörter – “so” · fertig…");
    assertThat(DisplayText.line("👨‍👩‍👧‍👦 ❤️")).isEqualTo("👨‍👩‍👧‍👦 ❤");
    assertThat(DisplayText.line("e" + "\u0301".repeat(50))).hasSize(5);
    assertThat(DisplayText.line("x".repeat(100_000))).hasSizeLessThan(500).endsWith("… [+99600]");
    assertThat(DisplayText.line("a\ud800b")).isEqualTo("a\\ud800b");
    assertThat(DisplayText.line("a\udb40\udc41b")).isEqualTo("a\\U000e0041b");
    assertThat(DisplayText.line("npm\u200dtest \u200f \u00ad"))
        .isEqualTo("npm\\u200dtest \\u200f \\xad");
    assertThat(DisplayText.line(null)).isNull();
  }

  @Test
  void nothingOfHostileTextIsLongerThanAWindowCanShow() {
    var lengths = new ArrayList<Integer>();
    HostileTexts.texts().values().forEach(t -> lengths.add(DisplayText.text(t).length()));
    assertThat(lengths).allMatch(l -> l < 11_000);
  }
}
