package dev.hivedeck.engine.gateway.proxy;

import dev.hivedeck.engine.gateway.http.ResponseGuard;
import io.undertow.client.ClientCallback;
import io.undertow.client.ClientConnection;
import io.undertow.client.ClientProvider;
import io.undertow.client.http.HttpClientProvider;
import io.undertow.connector.ByteBufferPool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.xnio.OptionMap;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.ssl.XnioSsl;

/**
 * Connects to instances by HTTP/1.1, and holds what they answer to it. Found by Undertow, by its
 * scheme.
 */
public final class StrictClientProvider implements ClientProvider {
  /** Of addresses that are connected to so. */
  static final String SCHEME = "hivedeck-http";

  private final HttpClientProvider plain = new HttpClientProvider();

  @Override
  public Set<String> handlesSchemes() {
    return Set.of(SCHEME);
  }

  @Override
  public void connect(
      ClientCallback<ClientConnection> listener,
      URI uri,
      XnioWorker worker,
      XnioSsl ssl,
      ByteBufferPool buffers,
      OptionMap options) {
    connect(listener, null, uri, worker.getIoThread(), ssl, buffers, options);
  }

  @Override
  public void connect(
      ClientCallback<ClientConnection> listener,
      @Nullable InetSocketAddress bind,
      URI uri,
      XnioWorker worker,
      XnioSsl ssl,
      ByteBufferPool buffers,
      OptionMap options) {
    connect(listener, bind, uri, worker.getIoThread(), ssl, buffers, options);
  }

  @Override
  public void connect(
      ClientCallback<ClientConnection> listener,
      URI uri,
      XnioIoThread thread,
      XnioSsl ssl,
      ByteBufferPool buffers,
      OptionMap options) {
    connect(listener, null, uri, thread, ssl, buffers, options);
  }

  @Override
  public void connect(
      ClientCallback<ClientConnection> listener,
      @Nullable InetSocketAddress bind,
      URI uri,
      XnioIoThread thread,
      XnioSsl ssl,
      ByteBufferPool buffers,
      OptionMap options) {
    var guard = new AtomicReference<@Nullable ResponseGuard>();
    plain.connect(
        new ClientCallback<>() {
          @Override
          public void completed(ClientConnection connection) {
            listener.completed(new BackendConnection(connection, guard.get()));
          }

          @Override
          public void failed(IOException e) {
            listener.failed(e);
          }
        },
        bind,
        uri,
        new GuardingThread(thread, guard::set),
        ssl,
        buffers,
        options);
  }
}
