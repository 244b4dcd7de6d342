package dev.hivedeck.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javafx.scene.image.Image;
import javafx.scene.image.PixelFormat;
import javax.imageio.ImageIO;

/**
 * An accepted picture of a screen, a third of its size: what moved, vanished or changed its colour
 * is seen, how a machine smooths its letters is not. {@code -Dhivedeck.baselines.accept=true} takes
 * what is there now, to be looked at before it is committed.
 */
public final class Baseline {
  private static final Path ACCEPTED = Path.of("src", "test", "resources", "baselines");

  /** Where a picture is in its full size that is not as accepted, or has just been. */
  private static final Path SEEN = Path.of("target", "screens");

  private static final boolean ACCEPT = Boolean.getBoolean("hivedeck.baselines.accept");
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);
  private static final int SHRINK = 3;

  /** Pixels of the small picture on each side of what is compared as one. */
  private static final int CELL = 10;

  /** Of 255, on average of a cell's pixels and colours. */
  private static final double SLACK = 14;

  private Baseline() {}

  /**
   * Waits until the window is as accepted under this name. It waits for the figures of the status
   * bar: they are small, so a picture without them would pass for one with them.
   */
  public static void await(String name, Desktop desktop) {
    FxThread.until(
        "the figures of the engine", () -> desktop.frame().desk().live().stats().get() != null);
    await(name, () -> FxThread.picture(desktop));
  }

  /** Takes a picture until it is as accepted: what is laid out piece by piece gets its time. */
  public static void await(String name, Supplier<Image> picture) {
    try {
      compare(name, picture);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void compare(String name, Supplier<Image> picture) throws IOException {
    Path file = ACCEPTED.resolve(name.toLowerCase(Locale.ROOT) + ".png");
    if (ACCEPT) {
      Files.createDirectories(ACCEPTED);
      ImageIO.write(settled(picture).image(), "png", file.toFile());
      PngWriter.write(picture.get(), SEEN.resolve(file.getFileName()));
      return;
    }
    assertThat(file).as("accept it with -Dhivedeck.baselines.accept=true").exists();
    var accepted = Small.of(ImageIO.read(file.toFile()));
    long end = System.nanoTime() + PATIENCE;
    while (true) {
      var taken = picture.get();
      var differences = accepted.differences(Small.shrunk(taken));
      if (differences.isEmpty()) {
        return;
      }
      if (System.nanoTime() > end) {
        Path seen = PngWriter.write(taken, SEEN.resolve(file.getFileName()));
        assertThat(differences)
            .as("%s is not as %s; look at both, and accept it if it is right", seen, file)
            .isEmpty();
      }
    }
  }

  /** The first that stays the same, to the pixel, for a while. */
  private static Small settled(Supplier<Image> picture) {
    var last = Small.shrunk(picture.get());
    for (int same = 0; same < 3; ) {
      var next = Small.shrunk(picture.get());
      same = Arrays.equals(next.pixels(), last.pixels()) ? same + 1 : 0;
      last = next;
    }
    return last;
  }

  private record Small(int width, int height, int[] pixels) {

    static Small of(BufferedImage image) {
      int width = image.getWidth();
      int height = image.getHeight();
      return new Small(width, height, image.getRGB(0, 0, width, height, null, 0, width));
    }

    static Small shrunk(Image whole) {
      int wide = (int) whole.getWidth();
      int high = (int) whole.getHeight();
      var all = new int[wide * high];
      whole
          .getPixelReader()
          .getPixels(0, 0, wide, high, PixelFormat.getIntArgbInstance(), all, 0, wide);
      int width = wide / SHRINK;
      int height = high / SHRINK;
      var pixels = new int[width * height];
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          pixels[y * width + x] = mean(all, wide, x * SHRINK, y * SHRINK);
        }
      }
      return new Small(width, height, pixels);
    }

    private static int mean(int[] all, int wide, int left, int top) {
      int red = 0;
      int green = 0;
      int blue = 0;
      for (int y = top; y < top + SHRINK; y++) {
        for (int at = y * wide + left; at < y * wide + left + SHRINK; at++) {
          red += all[at] >> 16 & 0xff;
          green += all[at] >> 8 & 0xff;
          blue += all[at] & 0xff;
        }
      }
      int of = SHRINK * SHRINK;
      return red / of << 16 | green / of << 8 | blue / of;
    }

    BufferedImage image() {
      var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
      var data = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
      System.arraycopy(pixels, 0, data, 0, pixels.length);
      return image;
    }

    /** Where they differ, in pixels of the whole picture. */
    List<String> differences(Small other) {
      if (width != other.width || height != other.height) {
        return List.of("another size");
      }
      var places = new ArrayList<String>();
      for (int y = 0; y + CELL <= height; y += CELL) {
        for (int x = 0; x + CELL <= width; x += CELL) {
          double difference = difference(other, x, y);
          if (difference > SLACK) {
            places.add("%d,%d by %.0f".formatted(x * SHRINK, y * SHRINK, difference));
          }
        }
      }
      return places;
    }

    private double difference(Small other, int left, int top) {
      long sum = 0;
      for (int y = top; y < top + CELL; y++) {
        for (int at = y * width + left; at < y * width + left + CELL; at++) {
          int one = pixels[at];
          int two = other.pixels[at];
          sum += Math.abs((one >> 16 & 0xff) - (two >> 16 & 0xff));
          sum += Math.abs((one >> 8 & 0xff) - (two >> 8 & 0xff));
          sum += Math.abs((one & 0xff) - (two & 0xff));
        }
      }
      return sum / (3.0 * CELL * CELL);
    }
  }
}
