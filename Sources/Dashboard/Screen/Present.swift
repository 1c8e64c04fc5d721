package import BundleModel
package import Terminal

/// A picture and until when it is true.
package struct Presentation: Equatable, Sendable {
  package var frame: Frame
  /// When it would look otherwise although nothing happened; nil when it would not.
  package var nextChange: Timestamp?
}

extension DashboardState {
  /// Draws the dashboard, for any size, and says when the picture changes next by itself.
  package func present(size: Size, capabilities: Capabilities, clock: RenderClock) -> Presentation {
    let layout = ScreenLayout(self, size: size)
    var canvas = Canvas(size: size, capabilities: capabilities, clock: clock, zone: zone)
    drawHeader(&canvas, layout)
    drawBanner(&canvas, layout)
    view.content.draw(self, on: &canvas, layout)
    drawHelp(&canvas, layout)
    drawLink(&canvas, layout)
    drawFooter(&canvas, layout)
    return Presentation(frame: canvas.frame, nextChange: canvas.nextChange)
  }

  /// The picture alone.
  package func render(size: Size, capabilities: Capabilities, clock: RenderClock) -> Frame {
    present(size: size, capabilities: capabilities, clock: clock).frame
  }

  /// When the picture changes next by itself: visible ages, countdowns, a notice that goes; nil when it would stay,
  /// so that an idle dashboard neither wakes nor writes.
  package func nextWakeup(size: Size, clock: RenderClock) -> Timestamp? {
    present(size: size, capabilities: Capabilities(colors: .none, unicode: true), clock: clock).nextChange
  }
}
