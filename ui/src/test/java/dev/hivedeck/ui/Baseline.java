package dev.hivedeck.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;

/**
 * An accepted picture of a screen, a third of its size: what moved, vanished or changed its colour
 * is seen, how a machine smooths its letters is not. {@code -Dhivedeck.baselines.accept=true} takes
 * what is there now, to be looked at before it is committed.
 */
final class Baseline {
  private static final Path ACCEPTED = Path.of("src", "test", "resources", "baselines");
  private static final boolean ACCEPT = Boolean.getBoolean("hivedeck.baselines.accept");
  private static final int SHRINK = 3;
  private static final int SETTLED = 8;

  /** Pixels of the small picture on each side of what is compared as one. */
  private static final int CELL = 10;

  /** Of 255, on average of a cell's pixels and colours. */
  private static final double SLACK = 14;

  private Baseline() {}

  /** Takes a picture until it is as accepted: what is laid out piece by piece gets its time. */
  static void await(Callable<Path> picture) throws Exception {
    for (int tries = ACCEPT ? SETTLED : 1; ; tries++) {
      Path taken = picture.call();
      try {
        compare(taken);
        return;
      } catch (AssertionError e) {
        if (tries >= SETTLED) {
          throw e;
        }
      }
    }
  }

  /** Compares a picture with the accepted one of the same file name. */
  static void compare(Path picture) throws IOException {
    var now = shrink(ImageIO.read(picture.toFile()));
    Path file = ACCEPTED.resolve(picture.getFileName());
    if (ACCEPT) {
      Files.createDirectories(ACCEPTED);
      ImageIO.write(now, "png", file.toFile());
      return;
    }
    assertThat(file).as("accept it with -Dhivedeck.baselines.accept=true").exists();
    assertThat(differences(ImageIO.read(file.toFile()), now))
        .as("%s is not as %s; look at both, and accept it if it is right", picture, file)
        .isEmpty();
  }

  /** Where they differ, in pixels of the whole picture. */
  private static List<String> differences(BufferedImage accepted, BufferedImage now) {
    if (accepted.getWidth() != now.getWidth() || accepted.getHeight() != now.getHeight()) {
      return List.of("another size");
    }
    var places = new ArrayList<String>();
    for (int y = 0; y + CELL <= now.getHeight(); y += CELL) {
      for (int x = 0; x + CELL <= now.getWidth(); x += CELL) {
        double difference = difference(accepted, now, x, y);
        if (difference > SLACK) {
          places.add("%d,%d by %.0f".formatted(x * SHRINK, y * SHRINK, difference));
        }
      }
    }
    return places;
  }

  private static double difference(BufferedImage one, BufferedImage other, int left, int top) {
    long sum = 0;
    for (int y = top; y < top + CELL; y++) {
      for (int x = left; x < left + CELL; x++) {
        for (int shift = 0; shift <= 16; shift += 8) {
          sum += Math.abs(part(one.getRGB(x, y), shift) - part(other.getRGB(x, y), shift));
        }
      }
    }
    return sum / (3.0 * CELL * CELL);
  }

  private static BufferedImage shrink(BufferedImage whole) {
    int width = whole.getWidth() / SHRINK;
    int height = whole.getHeight() / SHRINK;
    var small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        small.setRGB(x, y, mean(whole, x * SHRINK, y * SHRINK));
      }
    }
    return small;
  }

  private static int mean(BufferedImage image, int left, int top) {
    int colour = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
      int sum = 0;
      for (int y = top; y < top + SHRINK; y++) {
        for (int x = left; x < left + SHRINK; x++) {
          sum += part(image.getRGB(x, y), shift);
        }
      }
      colour |= sum / (SHRINK * SHRINK) << shift;
    }
    return colour;
  }

  private static int part(int colour, int shift) {
    return colour >> shift & 0xff;
  }
}
