package dev.hivedeck.engine.security;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes the engine's own log, with secrets masked: messages quote what programs printed. Logging
 * is one for the whole process, so the values that it knows are, too.
 */
public final class LogEncoder extends JsonEncoder {
  private static final Set<SecretValues> KNOWN = ConcurrentHashMap.newKeySet();

  private final Redactor redactor = new Redactor(LogEncoder::known);

  /** From now on these are masked. */
  public static void know(SecretValues secrets) {
    KNOWN.add(secrets);
  }

  /** They are in use no more. */
  public static void forget(SecretValues secrets) {
    KNOWN.remove(secrets);
  }

  private static Set<String> known() {
    var all = new HashSet<String>();
    KNOWN.forEach(secrets -> all.addAll(secrets.all()));
    return all;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    String line = new String(super.encode(event), StandardCharsets.UTF_8);
    return redactor.redact(line).getBytes(StandardCharsets.UTF_8);
  }
}
