/** Commands about the merge queue and what it merged. */
package dev.hivedeck.app.cli.change;
