package dev.hivedeck.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.FileSize;
import dev.hivedeck.engine.security.LogEncoder;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;

/**
 * Where the program's own log goes: a file in {@code hivedeck.logs}, at most 14 days and 200 MB.
 *
 * <p>In code, because each command waits for it: a file of XML takes a tenth of a short command's
 * time. Such a file goes before it all the same ({@code -Dlogback.configurationFile=FILE}).
 */
@ConfiguratorRank(Logging.AFTER_FILES)
public final class Logging extends ContextAwareBase implements Configurator {
  static final int AFTER_FILES = -5;

  /** These tell of each wrong byte that a client sends, some with a stack trace. */
  private static final Map<String, Level> LEVELS =
      Map.of(
          "org.java_websocket", Level.WARN,
          "org.java_websocket.WebSocketImpl", Level.OFF,
          "org.java_websocket.drafts", Level.OFF,
          "io.modelcontextprotocol.server.transport", Level.OFF,
          "io.undertow", Level.WARN,
          "org.xnio", Level.WARN);

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    String logs = System.getProperty("hivedeck.logs");
    Path folder =
        logs != null
            ? Path.of(logs)
            : Path.of(System.getProperty("java.io.tmpdir"), "hivedeck-logs");

    var file = new OwnerAppender<ILoggingEvent>();
    file.setContext(context);
    file.setName("FILE");
    file.setFile(folder.resolve("hivedeck.log").toString());

    var rolling = new SizeAndTimeBasedRollingPolicy<ILoggingEvent>();
    rolling.setContext(context);
    rolling.setParent(file);
    rolling.setFileNamePattern(folder.resolve("hivedeck.%d.%i.log.gz").toString());
    rolling.setMaxFileSize(FileSize.valueOf("20MB"));
    rolling.setMaxHistory(14);
    rolling.setTotalSizeCap(FileSize.valueOf("200MB"));
    rolling.start();

    var encoder = new LogEncoder();
    encoder.setContext(context);
    encoder.start();
    file.setRollingPolicy(rolling);
    file.setEncoder(encoder);
    file.start();

    LEVELS.forEach((name, level) -> context.getLogger(name).setLevel(level));
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.addAppender(file);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
