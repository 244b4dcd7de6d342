package dev.hivedeck.ui.control.image;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query.FileContent;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.io.ByteArrayInputStream;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.image.Image;
import javafx.scene.image.ImageView;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** A picture as it was beside what it is now, each with its size. */
public final class ImagePair extends HBox {
  private static final Pattern KNOWN = Pattern.compile("(?i).*\\.(png|jpe?g|gif|bmp)");

  private final Texts texts;

  /**
   * @param before what it was; null where there was none
   * @param after what it is; null where it is gone
   */
  public ImagePair(
      Texts texts, CompletableFuture<JsonNode> before, CompletableFuture<JsonNode> after) {
    super(12);
    this.texts = texts;
    getStyleClass().add("image-pair");
    getChildren().setAll(side("image.before", before), side("image.after", after));
  }

  /** Whether a file is a picture that can be shown, by its name. */
  public static boolean shows(String path) {
    return KNOWN.matcher(path).matches();
  }

  private VBox side(String key, CompletableFuture<JsonNode> content) {
    var name = Widgets.label(texts.text(key), "strong");
    var size = Widgets.label("", "muted");
    var picture = new StackPane();
    picture.setMinSize(0, 0);
    picture.getStyleClass().add("image-frame");
    VBox.setVgrow(picture, Priority.ALWAYS);
    var side = new VBox(6, Widgets.row(8, name, size), picture);
    side.setMinSize(0, 0);
    HBox.setHgrow(side, Priority.ALWAYS);
    if (content == null) {
      picture.getChildren().setAll(Widgets.label(texts.text("image.none"), "muted"));
    } else {
      content.whenComplete((answer, failure) -> show(picture, size, answer, failure));
    }
    return side;
  }

  private void show(StackPane frame, Label size, JsonNode answer, Throwable failure) {
    var content = failure == null ? Json.as(answer, FileContent.class) : null;
    var image =
        content == null || content.base64() == null
            ? null
            : new Image(new ByteArrayInputStream(Base64.getDecoder().decode(content.base64())));
    if (image == null || image.isError()) {
      frame.getChildren().setAll(Widgets.label(texts.text("image.failed"), "muted"));
    } else {
      var view = new ImageView(image);
      view.setPreserveRatio(true);
      // Never larger than it is: its dots would be no sign of anything.
      view.fitWidthProperty()
          .bind(frame.widthProperty().subtract(16).map(w -> fit(w, image.getWidth())));
      view.fitHeightProperty()
          .bind(frame.heightProperty().subtract(16).map(h -> fit(h, image.getHeight())));
      frame.getChildren().setAll(view);
      StackPane.setAlignment(view, Pos.CENTER);
      size.setText(
          texts.text(
              "image.size",
              (int) image.getWidth(),
              (int) image.getHeight(),
              texts.count(content.bytes())));
    }
  }

  private static double fit(Number room, double size) {
    return Math.max(1, Math.min(size, room.doubleValue()));
  }
}
