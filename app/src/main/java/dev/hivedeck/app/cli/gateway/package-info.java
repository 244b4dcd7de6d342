/** The command that shows the gateway. */
@NullMarked
package dev.hivedeck.app.cli.gateway;

import org.jspecify.annotations.NullMarked;
