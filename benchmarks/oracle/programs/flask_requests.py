"""A small web application with a blueprint, a template, a session and errors."""

# packages: flask werkzeug jinja2 itsdangerous click blinker markupsafe
from flask import Blueprint, Flask, jsonify, render_template_string, request, session

blue = Blueprint("blue", __name__, url_prefix="/blue")


@blue.route("/<int:number>", methods=["GET", "POST"])
def number(number):
    session["n"] = number
    return jsonify(n=number, form=request.form.get("x"))


app = Flask(__name__)
app.secret_key = "x"
app.register_blueprint(blue)


@app.get("/")
def index():
    return render_template_string("{{ x }}", x=1)


client = app.test_client()
assert client.get("/").data == b"1"
assert client.post("/blue/3", data={"x": "y"}).json == {"n": 3, "form": "y"}
assert client.get("/gone").status_code == 404
app.test_cli_runner().invoke(args=["routes"])
