package dev.hivedeck.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoggingTest {
  private final LoggerContext context = new LoggerContext();
  private String before;
  @TempDir Path folder;

  @BeforeEach
  void configure() {
    before = System.setProperty("hivedeck.logs", folder.resolve("logs").toString());
    var logging =
        ServiceLoader.load(Configurator.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(Logging.class::isInstance)
            .findFirst()
            .orElseThrow();
    context.setMDCAdapter(new LogbackMDCAdapter());
    logging.configure(context);
  }

  @AfterEach
  void restore() {
    context.stop();
    if (before == null) {
      System.clearProperty("hivedeck.logs");
    } else {
      System.setProperty("hivedeck.logs", before);
    }
  }

  @Test
  void whoHasNothingToLogMakesNoFolder() {
    context.getLogger("dev.hivedeck").debug("looked");

    assertThat(folder.resolve("logs")).doesNotExist();
  }

  @Test
  void secretsAreMaskedAndTheFileIsItsOwnersAlone() throws Exception {
    context.getLogger("dev.hivedeck").info("pushed with password=hunter2hunter2");

    Path log = folder.resolve("logs/hivedeck.log");
    assertThat(Files.readString(log)).contains("pushed with").doesNotContain("hunter2");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
        .isEqualTo("rw-------");
  }

  @Test
  void whatTellsOfEachWrongByteIsSilent() {
    context.getLogger("org.java_websocket.drafts.Draft_6455").error("wrong byte");
    context.getLogger("org.java_websocket.server").info("started");

    assertThat(folder.resolve("logs")).doesNotExist();
  }
}
