/** Commands that tell how things stand. They change nothing. */
package dev.hivedeck.app.cli.list;
