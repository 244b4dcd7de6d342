package dev.hivedeck.engine.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of packages is one download's, also when others have asked for it meanwhile. */
class DownloadLockTest {
  /** What another process hears. */
  static final class Other {
    private Other() {}

    static void main(String[] arguments) throws IOException {
      try (var _ = DownloadLock.of(Path.of(arguments[0]))) {
        System.out.print("held");
      } catch (HiveException e) {
        System.out.print(e.code());
      }
    }
  }

  @TempDir Path folder;

  private String another() throws Exception {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Other.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      String said = process.inputReader().readAllAsString();
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      return said;
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void whoAsksMeanwhileDoesNotLoosenIt() throws Exception {
    try (var _ = DownloadLock.of(folder)) {
      for (int i = 0; i < 2; i++) {
        var refusal =
            catchThrowableOfType(HiveException.class, () -> DownloadLock.of(folder).close());
        assertThat(refusal.is(ErrorCode.NOT_NOW)).isTrue();
      }
      assertThat(another()).isEqualTo("not-now");
    }
    assertThat(another()).isEqualTo("held");
    DownloadLock.of(folder).close();
  }
}
